'use strict';
module.exports = async ({ graphql, buildSchema }) => {
  const schema = buildSchema('type Query { word: String, deep: Deep } type Deep { number: Int }');
  const rootValue = { word: () => 's3cr3t', deep: { number: 1 } };
  console.log(JSON.stringify(await graphql({ schema, rootValue, source: '{ word deep { number } }' })));
};
