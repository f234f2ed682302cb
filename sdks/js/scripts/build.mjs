// dist/esm and dist/cjs from src: checked once; the second is the same text as the other kind of module.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const [src, dist] = [join(root, "src"), join(root, "dist")];
const { fileNames, options, errors } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config, ts.sys, root);
rmSync(dist, { recursive: true, force: true });

const program = ts.createProgram(fileNames, options);
const ours = fileNames.map((each) => program.getSourceFile(each));
const wrong = [
  ...errors, ...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics(),
  ...ours.flatMap((each) => [program.getSyntacticDiagnostics(each), program.getSemanticDiagnostics(each)].flat()), ...program.emit().diagnostics,
];
if (wrong.length) {
  process.stderr.write(ts.formatDiagnostics(wrong, { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => "\n" }));
  process.exit(1);
}

const compilerOptions = { ...options, module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 };
for (const path of fileNames) {
  const name = relative(src, path).replace(/\.ts$/, "");
  const target = join(dist, "cjs", name);
  const { outputText, sourceMapText } = ts.transpileModule(readFileSync(path, "utf8"), { compilerOptions, fileName: relative(dirname(target), path) });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.js`, outputText);
  writeFileSync(`${target}.js.map`, sourceMapText);
  cpSync(join(dist, "esm", `${name}.d.ts`), `${target}.d.ts`);
}
for (const [folder, type] of [["cjs", "commonjs"], ["esm", "module"]]) writeFileSync(join(dist, folder, "package.json"), `{ "type": "${type}" }\n`);
