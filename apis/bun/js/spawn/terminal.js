// Bun.Terminal: pseudo-terminals for children; so far without an interface.
"use strict";
