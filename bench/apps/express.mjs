import { createServer } from 'node:http';
import express from 'express';
import stay from './stay.cjs';

const app = express();
app.use(express.json());
app.get('/users/:id', (request, response) => response.json({ id: request.params.id }));
stay(createServer(app));
