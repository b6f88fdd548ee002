/** @jsxImportSource custom */ export const pragma = <p id="x">hi</p>;
