'use strict';
module.exports = (mysql) => {
  const connection = mysql.createConnection({ host: '127.0.0.1', user: 'root' });
  connection.query('SELECT ? AS word', ['s3cr3t'], () => {
    connection.execute('SELECT ? AS word', ['s3cr3t'], () => connection.end());
  });
};
