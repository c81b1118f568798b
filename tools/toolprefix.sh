#!/bin/sh
# toolprefix.sh ARCH FLAGS…: print the prefix of the first compiler that makes programs for ARCH; "none", and a
# sentence for the user, when there is none.
arch=$1
shift
case $arch in
riscv)
	prefixes='riscv64-unknown-elf- riscv64-elf- riscv64-linux-gnu-'
	package=gcc-riscv64-unknown-elf ;;
*)
	prefixes='i686-linux-gnu- i686-elf- i386-elf- native'
	package=gcc-i686-linux-gnu ;;
esac

out=$(mktemp)
trap 'rm -f "$out"' EXIT
for p in $prefixes; do
	[ $p = native ] && p=
	if echo 'int _start(void) { return 0; }' |
	   ${p}gcc "$@" -nostdlib -static -x c - -lgcc -o "$out" 2>/dev/null &&
	   ${p}nm "$out" >/dev/null 2>&1; then
		echo $p
		exit
	fi
done
echo "No C compiler for $arch works here: install the package $package (or run tools/setup.sh)." >&2
echo none
