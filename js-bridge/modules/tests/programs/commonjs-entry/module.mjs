import { parentIsMain } from "./child.cjs"; export default "module"; export { parentIsMain };
