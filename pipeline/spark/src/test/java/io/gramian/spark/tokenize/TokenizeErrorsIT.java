package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong reaches the user as one line, and leaves nothing behind. */
class TokenizeErrorsIT {

  @TempDir private Path folder;

  @AfterEach
  void nothingWasWritten() {
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void aMissingPath() {
    assertFails(Sample.MODEL, "none.jsonl", Packing.PACK)
        .hasMessage("calibration text " + folder + "/none.jsonl does not exist");
  }

  @Test
  void noFilesMatch() {
    assertFails(Sample.MODEL, "*.txt", Packing.PACK)
        .hasMessage("no files match " + folder + "/*.txt");
  }

  @Test
  void aMissingModel() {
    assertFails(folder.resolve("model"), "a.txt", Packing.PACK)
        .hasMessageStartingWith(folder + "/model: no config.json there");
  }

  @Test
  void noDocuments() throws IOException {
    ReadDocuments.write(folder.resolve("a.txt"), "");
    ReadDocuments.write(folder.resolve("b.jsonl"), "\n\n{\"text\": \"\"}\n");
    for (Packing packing : Packing.values()) {
      assertFails(Sample.MODEL, "*", packing)
          .hasMessage(folder + "/* holds no documents: every file, line or row is empty");
    }
  }

  @Test
  void fewerTokensThanASequence() throws IOException {
    ReadDocuments.write(folder.resolve("a.jsonl"), "{\"text\": \"a\"}\n{\"text\": \"a\"}\n");

    assertFails(Sample.MODEL, "a.jsonl", Packing.PACK)
        .hasMessage(
            folder
                + "/a.jsonl holds 4 tokens in 2 documents, fewer than one sequence of 32: give"
                + " more text, a smaller --sequence-length, or --packing split");
  }

  /** Two broken files, read by different tasks: the first in corpus order is reported. */
  @Test
  void theFirstTroubleOfTheCorpus() throws IOException {
    ReadDocuments.write(folder.resolve("a.jsonl"), "{\"text\": \"fine\"}\n{\"body\": \"b\"}\n");
    ReadDocuments.write(folder.resolve("b.jsonl"), "oops\n");

    assertFails(Sample.MODEL, "*.jsonl", Packing.PACK)
        .hasMessage(
            folder
                + "/a.jsonl: the line at byte 17 has no string field 'text'; its fields are:"
                + " body (string). Choose one with --text-column");
  }

  @Test
  void aForeignTokenizer() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.copy(Sample.MODEL.resolve("tokenizer.json"), model.resolve("tokenizer.json"));
    ReadDocuments.write(model.resolve("config.json"), "{\"vocab_size\": 100, \"bos_token_id\": 0}");
    ReadDocuments.write(folder.resolve("a.jsonl"), "{\"text\": \"the earth\"}\n");

    assertFails(model, "a.jsonl", Packing.SPLIT)
        .message()
        .startsWith(folder + "/a.jsonl: the line at byte 0: token id ")
        .endsWith(
            " is outside the model's vocabulary of 100 tokens (vocab_size in "
                + model
                + "/config.json): tokenizer.json does not belong to this model");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertFails(
      Path model, String corpus, Packing packing) {
    TokenizeRequest request =
        TokenizeRequest.of(
                model.toString(),
                folder + "/" + corpus,
                new TokenizeRequest.Cut(32, OptionalInt.empty(), packing),
                folder.resolve("run").toString())
            .withPartitions(4);
    Tokenize tokenize = new Tokenize(TestSession.get(), ProgressListener.SILENT);
    return assertThatThrownBy(() -> tokenize.run(request)).isInstanceOf(UserException.class);
  }
}
