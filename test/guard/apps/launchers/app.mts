const application: string = './app.cjs';
await import(application);
