// An ES module application with one route, asked once.
import express from 'express';
const app = express();
app.get('/users/:id', (request, response) => response.json({ id: request.params.id }));
const server = app.listen(0, '127.0.0.1', async () => {
  await (await fetch(`http://127.0.0.1:${server.address().port}/users/1`)).text();
  setTimeout(() => server.close(), 100);
});
