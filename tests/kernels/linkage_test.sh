#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# linkage_test.sh NM OBJECT…: no kernel file of a strong instruction set may define a weak function. The linker keeps one
# of each name for the whole program, and if that one were compiled for AVX-512, it would end the program on a machine
# without.
set -u
nm=$1
shift
seen=0
failed=0
for object; do
    case ${object##*/} in
        *avx*) ;;
        *) continue ;;
    esac
    seen=$((seen + 1))
    symbols=$("$nm" -C --defined-only "$object") || exit 1
    if weak=$(printf '%s\n' "$symbols" | grep -E '^[0-9a-f]+ [Ww] '); then
        printf '%s defines for every instruction set:\n%s\n' "${object##*/}" "$weak"
        failed=1
    fi
done
[ "$seen" -gt 0 ] || echo "no kernels of strong instruction sets among the objects"
exit "$failed"
