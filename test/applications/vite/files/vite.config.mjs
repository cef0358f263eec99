export default {
  server: {
    hmr: false,
    proxy: {
      '/through': {
        target: `http://127.0.0.1:${process.env.SKY_PORT}`,
        rewrite: (path) => path.slice('/through'.length),
      },
    },
  },
};
