'use strict';
// There is no server: a connection that was never made refuses the statement itself.
module.exports = ({ Connection, Request }) => {
  const connection = new Connection({ server: '127.0.0.1', options: { port: 1, database: 'test' } });
  connection.execSql(new Request('SELECT 1', (error) => console.log(error.code)));
};
