// build.mjs - makes the files merit-mall serves: bundles src/, names each by its content, and compresses it ahead.
//
// Usage: node build.mjs OUT_DIR    with MERIT_NODE_MODULES, the folder npm ci filled, in the environment
// Never reads the network, never writes outside OUT_DIR. The same sources make the same files.
import { createRequire } from 'node:module';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2]);
const modules = resolve(process.env.MERIT_NODE_MODULES ?? join(here, 'node_modules'));
const { build } = createRequire(join(modules, 'index.js'))('esbuild');

// What is fetched before the first screen shows: budgeted, in bytes of brotli.
const FIRST_LOAD_MAX = 100 * 1000;

const bundle = (entryPoints, more) => build({
	entryPoints: entryPoints.map((name) => join(here, name)),
	outdir: join(out, 'assets'),
	nodePaths: [modules],
	bundle: true,
	minify: true,
	metafile: true,
	format: 'esm',
	target: ['es2022', 'safari16'],
	charset: 'utf8',
	entryNames: '[name]-[hash]',
	chunkNames: '[name]-[hash]',
	assetNames: '[name]-[hash]',
	legalComments: 'none',
	logLevel: 'warning',
	...more,
});

// The output file an entry became, and those it imports before it runs.
function outputOf(meta, entry) {
	const [path, output] = Object.entries(meta.outputs).find(([, each]) => each.entryPoint?.endsWith(entry));
	const needed = new Set([path]);
	for (const from of needed) {
		meta.outputs[from].imports.filter((each) => each.kind === 'import-statement')
			.forEach((each) => needed.add(each.path));
	}
	return { path, output, needed: [...needed].filter((each) => each !== path) };
}

const urlOf = (path) => `/assets/${path.split('/').pop()}`;

function writePage(scripts, styles) {
	const main = outputOf(scripts.metafile, 'src/main.js');
	const style = outputOf(styles.metafile, 'src/style/main.css');
	const preload = main.needed.map((path) => `<link rel="modulepreload" href="${urlOf(path)}">`).join('\n\t');
	const page = readFileSync(join(here, 'index.html'), 'utf8')
		.replace('<!-- preload -->', preload)
		.replace('/src/style/main.css', urlOf(style.path))
		.replace('/src/main.js', urlOf(main.path));
	writeFileSync(join(out, 'index.html'), page);
}

// Text is compressed once, here, as small as it gets.
function compress(directory) {
	for (const entry of readdirSync(directory, { withFileTypes: true })) {
		const path = join(directory, entry.name);
		if (entry.isDirectory()) {
			compress(path);
		} else if (/\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) {
			const bytes = readFileSync(path);
			const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
			writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
			writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
		}
	}
}

const sizeOf = (name) => readFileSync(join(out, `${name}.br`)).length;

// What the page names, and the words of one language, the longer ones.
function measureFirstLoad(scripts) {
	const page = readFileSync(join(out, 'index.html'), 'utf8');
	const names = [...page.matchAll(/"(\/assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
	const words = ['en', 'zh'].map((each) => urlOf(outputOf(scripts.metafile, `src/words/${each}.js`).path));
	const sizes = ['/index.html', ...new Set(names)].map(sizeOf);
	sizes.push(Math.max(...words.map(sizeOf)));
	const size = sizes.reduce((sum, each) => sum + each, 0);
	console.log(`first load: ${size} bytes of brotli in ${sizes.length} files`);
	if (size > FIRST_LOAD_MAX)
		throw new Error(`the first load is over ${FIRST_LOAD_MAX} bytes`);
}

const isOurs = () => existsSync(join(out, 'assets')) || readdirSync(out).length === 0;
if (existsSync(out) && !isOurs())
	throw new Error(`${out} is no folder this made: it is not emptied`);
rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'assets'), { recursive: true });
const scripts = await bundle(['src/main.js'], { splitting: true });
const styles = await bundle(['src/style/main.css']);
writePage(scripts, styles);
compress(out);
measureFirstLoad(scripts);
