import './sdk.mjs';
import './app.cjs';
