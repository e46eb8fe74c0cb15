export default [{ ignores: [".next", "next-env.d.ts"] }, { files: ["**/*.mjs"] }];
