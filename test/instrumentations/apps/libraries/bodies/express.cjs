'use strict';
const requests = require('./requests.cjs');

module.exports = (express) => {
  const app = express();
  app.use((request, response, next) => next());
  const users = express.Router();
  users.get('/users/:id', (request, response) => response.send(`user ${request.params.id}`));
  app.use('/api', users);
  return requests(app.listen(0, '127.0.0.1'), '/api/users/7', '/nowhere');
};
