package io.gramian.spark.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The tokenised documents of one split, one at a time. Empty documents are left out; the first
 * trouble ends the split.
 */
final class SplitDocuments implements Iterator<TokenizedDocument> {

  private final CorpusSplit split;
  private final SplitReading reading;
  private final HuggingFaceTokenizer tokenizer;
  private Optional<DocumentReader> reader = Optional.empty();
  private Optional<TokenizedDocument> next = Optional.empty();
  private boolean finished;
  private long bytesCounted;

  SplitDocuments(CorpusSplit split, SplitReading reading) {
    this.split = split;
    this.reading = reading;
    this.tokenizer = ExecutorTokenizers.get(reading.tokenizer().value());
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close());
  }

  @Override
  public boolean hasNext() {
    while (next.isEmpty() && !finished) {
      next = step();
    }
    return next.isPresent();
  }

  @Override
  public TokenizedDocument next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    TokenizedDocument document = next.orElseThrow();
    next = Optional.empty();
    return document;
  }

  private Optional<TokenizedDocument> step() {
    try {
      DocumentReader documents = open();
      if (!documents.advance()) {
        finish();
        return Optional.empty();
      }
      Optional<TokenizedDocument> document = tokenize(documents);
      count((long) (split.length() * (double) documents.progress()));
      return document;
    } catch (UserException e) {
      finish();
      return Optional.of(new TokenizedDocument.Trouble(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + split.file() + ": " + e.getMessage(), e);
    }
  }

  private DocumentReader open() throws IOException {
    if (reader.isEmpty()) {
      reader =
          Optional.of(DocumentReader.open(split, reading.textColumn(), reading.configuration()));
    }
    return reader.get();
  }

  private Optional<TokenizedDocument> tokenize(DocumentReader document) {
    long[] ids = tokenizer.encode(wellFormed(document.text()), false, false).getIds();
    if (ids.length == 0) {
      return Optional.empty();
    }
    ModelTokenizer model = reading.tokenizer().value();
    int[] prefix = model.prefix();
    int[] all = Arrays.copyOf(prefix, prefix.length + ids.length);
    for (int i = 0; i < ids.length; i++) {
      all[prefix.length + i] = Math.toIntExact(ids[i]);
    }
    model.requireInVocabulary(all, document.where());
    return Optional.of(new TokenizedDocument.Tokens(all));
  }

  /** Half surrogate pairs, which JSON escapes can spell, have no UTF-8; they become {@code ?}. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private void finish() {
    finished = true;
    count(split.length());
    close();
  }

  private void count(long bytes) {
    if (bytes > bytesCounted) {
      reading.bytesRead().add(bytes - bytesCounted);
      bytesCounted = bytes;
    }
  }

  private void close() {
    if (reader.isPresent()) {
      try {
        reader.get().close();
      } catch (IOException e) {
        throw new UncheckedIOException("closing " + split.file(), e);
      }
      reader = Optional.empty();
    }
  }
}
