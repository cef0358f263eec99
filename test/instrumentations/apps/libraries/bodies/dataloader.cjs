'use strict';
module.exports = async (DataLoader) => {
  const loader = new DataLoader(async (keys) => keys);
  console.log(await loader.load(7));
};
