// view.js - the view library, in one place: Preact with htm's templates in place of a compiler.
import { h, render } from 'preact';
import { useEffect, useErrorBoundary, useId, useReducer, useRef, useState } from 'preact/hooks';
import htm from 'htm';

export const html = htm.bind(h);
export { render, useEffect, useErrorBoundary, useId, useReducer, useRef, useState };
