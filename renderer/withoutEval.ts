import * as z from 'zod';

// The shells' policy allows no code made from text, which zod would try first. Has to come before any schema.
z.config({ jitless: true });
