#!/bin/sh
# setup.sh: install all that Pagoda needs on Debian 12 or newer, or Ubuntu 24.04 or newer. Run it as root, or as a user
# of sudo; again and again without harm: what is installed stays as it is.
set -e
packages='make git gcc libc6-dev
gcc-riscv64-unknown-elf gcc-i686-linux-gnu
gcc-riscv64-linux-gnu libc6-dev-riscv64-cross libc6-dev-i386-cross
qemu-system-misc qemu-system-x86 opensbi seabios
gdb-multiarch e2fsprogs cppcheck universal-ctags
python3 python3-pytest python3-pytest-xdist python3-pytest-timeout python3-pexpect python3-rich
python3-distributed python3-jinja2 python3-pyelftools bubblewrap'

cd "$(dirname "$0")/.."
if ! command -v apt-get >/dev/null; then
	echo "setup.sh knows Debian and Ubuntu; elsewhere install what tools/doctor names." >&2
	exit 1
fi

missing=
for p in $packages; do
	case $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) in
	*' installed') ;;
	*) missing="$missing $p" ;;
	esac
done
if [ -n "$missing" ]; then
	sudo=
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || { echo "setup.sh must install$missing: run it as root." >&2; exit 1; }
		sudo=sudo
	fi
	$sudo apt-get update -q
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
fi
exec tools/doctor
