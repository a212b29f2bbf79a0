// program.js - what the ledger says of itself: the program's rules for days, refunds, holding and receiving.
import { useLive } from '../core/live.js';
import { loadProgram } from '../core/start.js';

// program.get, live; asked for once.
export const useProgram = () => useLive('program', loadProgram, { poll: false });
