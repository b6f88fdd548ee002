// The names of what an Interface keeps and does that is not public. Programs know most of them by
// their descriptions, as properties with an underscore: see interface.js.
"use strict";

const { Symbol } = globalThis;

const NAMES = [
  "_addHistory", "_beforeEdit", "_decoder", "_deleteLeft", "_deleteLineLeft", "_deleteLineRight",
  "_deleteRight", "_deleteWordLeft", "_deleteWordRight", "_getDisplayPos", "_historyNext",
  "_historyPrev", "_insertString", "_isMultiline", "_killRing", "_killRingCursor", "_line",
  "_line_buffer", "_moveCursor", "_multilineMove", "_moveDownOrHistoryNext",
  "_moveUpOrHistoryPrev", "_normalWrite", "_oldPrompt", "_onLine", "_previousCursorCols",
  "_previousKey", "_prompt", "_pushToKillRing", "_pushToUndoStack", "_questionCallback", "_redo",
  "_redoStack", "_refreshLine", "_sawKeyPress", "_sawReturnAt", "_setLine", "_setRawMode",
  "_tabComplete", "_tabCompleter", "_ttyWrite", "_undo", "_undoStack", "_wordLeft", "_wordRight",
  "_writeToOutput", "_yank", "_yanking", "_yankPop", "_addNewLineOnTTY", "_savePreviousState",
  "_restorePreviousState", "_previousState", "kQuestion", "kQuestionCancel", "kSubstringSearch",
  "line object stream",
];

for (const name of NAMES) exports[name] = Symbol(name);
