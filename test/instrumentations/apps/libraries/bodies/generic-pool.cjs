'use strict';
module.exports = async ({ createPool }) => {
  const pool = createPool({ create: async () => ({}), destroy: async () => {} });
  pool.release(await pool.acquire());
  await pool.drain();
  await pool.clear();
};
