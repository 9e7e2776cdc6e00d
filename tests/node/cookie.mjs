// Comes in with the code of an invitation and prints the cookie that the browser has from then on.
import { Person, browser } from './browser.mjs';

const [, , , code] = process.argv;
const person = await Person.enrolled(code);
const cookie = (await person.context.cookies()).find(one => one.name === '__Host-tenure');
console.log(`${cookie.name}=${cookie.value}`);
await browser.close();
