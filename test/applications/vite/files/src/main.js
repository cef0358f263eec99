import './style.css';
import { sky } from './sky.js';

document.title = sky + import.meta.env.MODE;
