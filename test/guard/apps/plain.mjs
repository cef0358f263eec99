console.log(`application on ${process.versions.node}`);
