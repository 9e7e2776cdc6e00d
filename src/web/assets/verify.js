// Recomputes, in the browser, the path from an entry's leaf to the root that was signed.
'use strict';
