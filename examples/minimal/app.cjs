const express = require('express');

const app = express();

app.get('/users/:id', (request, response) => {
  response.json({ id: request.params.id });
});

const port = Number(process.env.PORT ?? 3000);
app.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/users/7`));
