'use strict';
module.exports = async (mongoose) => {
  mongoose.set('bufferTimeoutMS', 300);
  const Thing = mongoose.model('Thing', new mongoose.Schema({ word: String }));
  mongoose.connect('mongodb://127.0.0.1:1/test', { serverSelectionTimeoutMS: 200 }).catch(() => {});
  await Thing.findOne({ word: 's3cr3t' }).catch((error) => console.log(error.name));
  await mongoose.disconnect();
};
