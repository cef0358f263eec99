export const sky = 'dark';
