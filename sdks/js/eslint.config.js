import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "coverage", "node_modules", "src/generated"] },
  eslint.configs.recommended,
  {
    files: ["src/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-extraneous-class": "off",
      "no-restricted-imports": ["error", { patterns: ["node:*"] }],
    },
  },
  {
    files: ["**/*.mjs", "*.js"],
    languageOptions: { globals: { btoa: "readonly", atob: "readonly", process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly", fetch: "readonly", setTimeout: "readonly",
      clearTimeout: "readonly", Request: "readonly", Response: "readonly", Headers: "readonly", AbortController: "readonly", AbortSignal: "readonly",
      TextDecoder: "readonly", TextEncoder: "readonly", setImmediate: "readonly", ReadableStream: "readonly", crypto: "readonly", structuredClone: "readonly" } },
  },
);
