# browser.sh - sourced by the browser tests: what Debian's Chromium needs to visit a mall. See browser/*.mjs.
#
# browser FILE [ARGUMENT]  runs browser/FILE with the packages of package-lock.json, installed once into the build.
# Screenshots go to screenshots/ in the build folder: those of every screen, and of every page a test failed on.
# Exits with 77 where Chromium, node, npm or merit-mall is missing.

bin=${MERIT_BIN_DIR:?the folder with merit, meritd and merit-mall}
tests=${MERIT_SOURCE_DIR:?the project}/tests/mall
build=$(cd "$bin/.." && pwd -P)
packages=$build/mall/test-packages

for program in chromium node npm; do
	command -v "$program" >/dev/null || {
		echo "no $program: the mall is not tested in a browser (script/install-packages test)"
		exit 77
	}
done
[ -x "$bin/merit-mall" ] || {
	echo "no merit-mall in $bin"
	exit 77
}

# From the lock file, once for each lock file, and by one test at a time.
packages_install()
{
	mkdir -p "$packages"
	(
		flock 9
		cmp -s "$tests/package-lock.json" "$packages/installed" && exit 0
		cp "$tests/package.json" "$tests/package-lock.json" "$packages" &&
			cd "$packages" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error &&
			cp package-lock.json installed
	) 9>"$packages/lock"
}

browser()
{
	packages_install || exit 1
	script=$1
	shift
	MERIT_TEST_PACKAGES=$packages/node_modules MERIT_SCREENSHOTS=$build/screenshots \
		exec node "$tests/browser/$script" "$@"
}
