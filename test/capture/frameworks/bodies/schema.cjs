'use strict';

exports.typeDefs = `
  type Query { user(id: ID!): String, broken: String }
  type Mutation { rename(id: ID!): String }`;

exports.resolvers = {
  Query: {
    user: (_, { id }) => `user ${id}`,
    broken: () => {
      throw new Error('the resolver is broken');
    },
  },
  Mutation: { rename: (_, { id }) => `user ${id}` },
};

const OPERATIONS = [
  'query GetUser { user(id: 7) }',
  '{ user(id: 7) }',
  'query Both { user(id: 7) broken }',
  'mutation Rename { rename(id: 7) }',
  'query Wrong { nothing }',
];

/** Sends every operation to `url` and prints the answers. */
exports.operate = async function operate(url) {
  for (const query of OPERATIONS) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query }),
    });
    console.log(response.status, await response.text());
  }
};
