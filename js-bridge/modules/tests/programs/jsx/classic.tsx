/** @jsx create */ /** @jsxFrag Frag */ /** @jsxRuntime classic */ const Frag = "frag"; function create(...all: any[]) { return all; } export const classic = <p id="x">hi<></></p>;
