'use strict';
// There is no server: what is checked is that the library works as ever, and that its connections were patched.
module.exports = async ({ MongoClient }) => {
  const client = new MongoClient('mongodb://127.0.0.1:1/test', { serverSelectionTimeoutMS: 200 });
  await client
    .db()
    .collection('things')
    .findOne({ word: 's3cr3t' })
    .catch((error) => console.log(error.name));
  const connection = Object.keys(require.cache).find((file) =>
    /mongodb[\\/]lib[\\/]cmap[\\/]connection\.js$/.test(file),
  );
  console.log('patched', require.cache[connection].exports.Connection.prototype.command.__original !== undefined);
  await client.close();
};
