/**
 * The door for `node --import firstlight/register`. The guard and the start are in `register.cjs`: one place decides
 * where Firstlight can run, whichever flag brought it in.
 */
import './register.cjs';
