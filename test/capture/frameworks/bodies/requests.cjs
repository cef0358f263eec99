'use strict';

/** Sends each of these, such as `GET /users/7`, to the server at `origin`, one after the other, and prints the answers. */
module.exports = async function requests(origin, ...asks) {
  for (const ask of asks) {
    const [method, path] = ask.split(' ');
    const response = await fetch(`${origin}${path}`, { method });
    await response.text();
    console.log(ask, response.status);
  }
};
