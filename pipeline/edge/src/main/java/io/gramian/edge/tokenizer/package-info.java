/**
 * Text to token ids and back, as the {@code tokenizer.json} of a checkpoint says it.
 *
 * <p>A text goes through the file's five parts: added tokens are cut out, what lies between them is
 * normalised and split into words, byte pair encoding makes ids of each word, and a template puts
 * the begin token before them. Ids go back through the chain of decoders, all at once or one after
 * the other as a model yields them. Only byte pair encoding is here, since all families that
 * Gramian reads use it; every part that would change the ids and is not known is refused.
 *
 * <p>Own code, because no library serves: that of DJL is native, which a device runtime must not
 * be; JTokkit reads the rank files of tiktoken only; there is no other reader of {@code
 * tokenizer.json} for the JVM. DJL's is the oracle of the tests.
 */
package io.gramian.edge.tokenizer;
