package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.session.TestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares with plain loops over the same documents. */
class TokenizeIT {

  private static final List<String> DOCUMENTS =
      List.of(
          "a",
          "In the beginning God created the heaven and the earth.",
          "the ".repeat(3000),
          "\u2603 İstanbul \uD83D\uDE00\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \u0000 tab\t",
          "x".repeat(207));

  private final SparkSession session = TestSession.get();

  @TempDir private Path folder;

  @Test
  void packsDocumentsIntoFullSequences() throws Exception {
    Path corpus = jsonLines("corpus.jsonl", DOCUMENTS);

    TokenizeResult result = run(corpus, cut(13, Packing.PACK), 3);

    List<List<Integer>> expected = packed(DOCUMENTS, 13);
    assertThat(rows(result)).isEqualTo(expected);
    assertThat(result)
        .isEqualTo(
            new TokenizeResult(
                DOCUMENTS.size(),
                13L * expected.size(),
                expected.size(),
                folder + "/run/calibration"));
  }

  @Test
  void splitsEachDocument() throws Exception {
    Path corpus = jsonLines("corpus.jsonl", DOCUMENTS);

    TokenizeResult result = run(corpus, cut(13, Packing.SPLIT), 3);

    List<List<Integer>> expected = split(DOCUMENTS, 13);
    assertThat(rows(result)).isEqualTo(expected);
    assertThat(result.tokens()).isEqualTo(expected.stream().mapToLong(List::size).sum());
    assertThat(expected.get(0)).hasSize(2).startsWith(0);
  }

  @Test
  void readsEveryFormatInOrderOfPathAndPosition() throws Exception {
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    ReadDocuments.write(corpus.resolve("a.txt"), "first");
    Files.move(jsonLines("b", List.of("second", "", "third")), corpus.resolve("b.json"));
    ReadDocuments.gzip(
        corpus.resolve("c.jsonl.gz"), "{\"text\": \"fourth\"}\n\n{\"text\":\"fifth\"}");
    session
        .sql(
            "SELECT 1 AS n, 'sixth' AS text UNION ALL SELECT 2, NULL UNION ALL SELECT 3, 'seventh'")
        .coalesce(1)
        .write()
        .parquet(corpus.resolve("d").toString());
    ReadDocuments.gzip(corpus.resolve("e.text.gz"), "eighth");
    ReadDocuments.write(corpus.resolve("f.txt"), "");

    TokenizeResult result = run(corpus, cut(64, Packing.SPLIT), 4);

    List<String> texts =
        List.of("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth");
    assertThat(rows(result)).isEqualTo(split(texts, 64));
    assertThat(result.documents()).isEqualTo(8);
  }

  @Test
  void takesEvenlySpacedSequences() throws Exception {
    Path corpus = jsonLines("corpus.jsonl", DOCUMENTS);

    TokenizeResult result =
        run(corpus, new TokenizeRequest.Cut(13, OptionalInt.of(7), Packing.PACK), 2);

    List<List<Integer>> all = packed(DOCUMENTS, 13);
    List<List<Integer>> expected = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      expected.add(all.get(i * all.size() / 7));
    }
    assertThat(rows(result)).isEqualTo(expected);
  }

  @Test
  void theNumberOfPartitionsChangesNoByte() throws Exception {
    TokenizeRequest.Cut cut = new TokenizeRequest.Cut(64, OptionalInt.of(100), Packing.PACK);
    Map<String, Checksum> first = files(run(Sample.VALIDATION, cut, 1));

    assertThat(first).containsOnlyKeys("part-00000.parquet");
    assertThat(files(run(Sample.VALIDATION, cut, 4))).isEqualTo(first);
    assertThat(files(run(Sample.VALIDATION, cut, 13))).isEqualTo(first);
    TokenizeRequest request = request(Sample.VALIDATION, cut);
    assertThat(files(new Tokenize(session, ProgressListener.SILENT).run(request))).isEqualTo(first);
  }

  @Test
  void splittingIsIndependentOfPartitionsToo() throws Exception {
    TokenizeRequest.Cut cut = cut(100, Packing.SPLIT);
    Map<String, Checksum> first = files(run(Sample.VALIDATION, cut, 1));

    assertThat(files(run(Sample.VALIDATION, cut, 4))).isEqualTo(first);
  }

  @Test
  void leavesNothingBesideTheFolder() throws Exception {
    run(jsonLines("corpus.jsonl", DOCUMENTS), cut(13, Packing.PACK), 2);

    try (Stream<Path> files = Files.list(folder.resolve("run"))) {
      assertThat(files).containsExactly(folder.resolve("run/calibration"));
    }
  }

  @Test
  void halfSurrogatesBecomeQuestionMarks() throws Exception {
    Path corpus = ReadDocuments.write(folder.resolve("a.jsonl"), "{\"text\": \"a\\ud83d b\"}");

    assertThat(rows(run(corpus, cut(64, Packing.SPLIT), 1))).isEqualTo(split(List.of("a? b"), 64));
  }

  @Test
  void tellsHowFarItIs() throws Exception {
    RecordedProgress heard = new RecordedProgress();
    Path corpus = jsonLines("corpus.jsonl", DOCUMENTS);
    long sequences = packed(DOCUMENTS, 13).size();

    new Tokenize(session, heard).run(request(corpus, cut(13, Packing.PACK)).withPartitions(3));

    assertThat(heard.phases())
        .containsExactly(
            "+tokenize: read text " + Files.size(corpus),
            "-" + Files.size(corpus),
            "+tokenize: write sequences " + sequences,
            "-" + sequences);
    assertThat(heard.counts()).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void namesItsJobs() throws Exception {
    run(jsonLines("corpus.jsonl", DOCUMENTS), cut(13, Packing.PACK), 2);

    TestSession.context().sc().listenerBus().waitUntilEmpty();
    for (String phase : List.of("tokenize: read text", "tokenize: write sequences")) {
      assertThat(TestSession.context().statusTracker().getJobIdsForGroup(phase)).isNotEmpty();
    }
  }

  private TokenizeResult run(Path corpus, TokenizeRequest.Cut cut, int partitions)
      throws IOException {
    return new Tokenize(session, ProgressListener.SILENT)
        .run(request(corpus, cut).withPartitions(partitions));
  }

  private TokenizeRequest request(Path corpus, TokenizeRequest.Cut cut) {
    return TokenizeRequest.of(
        Sample.MODEL.toString(), corpus.toString(), cut, folder.resolve("run").toString());
  }

  private static TokenizeRequest.Cut cut(int length, Packing packing) {
    return new TokenizeRequest.Cut(length, OptionalInt.empty(), packing);
  }

  /** The file's rows as Spark reads them, not as our reader does. */
  private List<List<Integer>> rows(TokenizeResult result) {
    List<List<Integer>> rows = new ArrayList<>();
    for (Row row : session.read().parquet(result.path()).collectAsList()) {
      List<Integer> ids = row.getList(row.fieldIndex("input_ids"));
      assertThat(row.getLong(row.fieldIndex("sequence_id"))).isEqualTo(rows.size());
      assertThat(row.getInt(row.fieldIndex("token_count"))).isEqualTo(ids.size());
      rows.add(List.copyOf(ids));
    }
    assertThat(result.sequences()).isEqualTo(rows.size());
    return rows;
  }

  private static List<List<Integer>> packed(List<String> documents, int length) throws IOException {
    int[] stream =
        encode(documents).stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
    List<List<Integer>> sequences = new ArrayList<>();
    for (int start = 0; start + length <= stream.length; start += length) {
      sequences.add(
          Arrays.stream(Arrays.copyOfRange(stream, start, start + length)).boxed().toList());
    }
    return sequences;
  }

  private static List<List<Integer>> split(List<String> documents, int length) throws IOException {
    List<List<Integer>> sequences = new ArrayList<>();
    for (List<Integer> document : encode(documents)) {
      for (int start = 0; start < document.size(); start += length) {
        sequences.add(document.subList(start, Math.min(document.size(), start + length)));
      }
    }
    return sequences;
  }

  private static List<List<Integer>> encode(List<String> documents) throws IOException {
    try (HuggingFaceTokenizer tokenizer =
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(Sample.MODEL)
            .optTruncation(false)
            .optPadding(false)
            .build()) {
      List<List<Integer>> encoded = new ArrayList<>();
      for (String document : documents) {
        List<Integer> ids = new ArrayList<>(List.of(0));
        for (long id : tokenizer.encode(document, false, false).getIds()) {
          ids.add((int) id);
        }
        encoded.add(ids);
      }
      return encoded;
    }
  }

  private static Map<String, Checksum> files(TokenizeResult result) throws IOException {
    Directory folder = LocalDirectory.of(Path.of(result.path()));
    Map<String, Checksum> files = new TreeMap<>();
    for (String file : folder.list()) {
      files.put(file, Checksum.of(folder, file));
    }
    return files;
  }

  private Path jsonLines(String name, List<String> documents) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String document : documents) {
      lines
          .append("{\"text\": ")
          .append(new ObjectMapper().writeValueAsString(document))
          .append("}\n");
    }
    return ReadDocuments.write(folder.resolve(name), lines.toString());
  }
}
