// Messages between parent and child; so far without an interface.
"use strict";
