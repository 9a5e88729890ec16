package io.gramian.spark.hidden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hidden states as files. */
class BlockStatesTest {

  private static final long SEED = 17;
  private static final int HIDDEN_SIZE = 48;

  /** Of {@link #aFileIsTheseBytes}: changes with the format, and with Arrow's encoding of it. */
  private static final String GOLDEN =
      "8a97dfb4ed4d30bd98fc984db4e2ad527422eb42d69e236090adba4a31bb16b4";

  private static final String AGAIN =
      "give the same command again, which goes on behind the last wave that is whole";

  @TempDir private Path folder;

  private BlockStates states() {
    HadoopDirectory parent = HadoopDirectory.of(folder.toString(), new Configuration(false));
    return new BlockStates(parent, 4);
  }

  private Path file() {
    return folder.resolve("block-004/shard-00012.arrow");
  }

  private StatesOnHeap write(MicroShard shard) throws IOException {
    StatesOnHeap written = StatesOnHeap.random(SEED, shard, HIDDEN_SIZE);
    states().write(shard, HIDDEN_SIZE, written, "7");
    return written;
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "13", "207", "13,207,1", "31,31", "1,1,1,2"})
  void whatWasWrittenIsReadAndPaddingIsZero(String lengths) throws IOException {
    MicroShard shard = StatesOnHeap.shard(SEED, lengths(lengths));
    StatesOnHeap written = write(shard);
    AtomicReference<StatesOnHeap> room = new AtomicReference<>();
    MicroShard read =
        states()
            .read(
                12,
                header -> {
                  assertThat(header.block()).isEqualTo(4);
                  room.set(StatesOnHeap.zeros(header));
                  return room.get();
                });
    assertSame(read, shard);
    assertThat(room.get().values()).isEqualTo(written.withoutPadding(shard.lengths()));
    assertThat(states().isSound(12)).isTrue();
    assertThat(states().parent().resolve("block-004").list())
        .containsExactly("shard-00012.arrow", "shard-00012.arrow.sha256");
  }

  /** As they are beyond a GiB. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 14, 100})
  void severalRecordBatchesAreTheSame(int rows) throws IOException {
    MicroShard shard = StatesOnHeap.shard(SEED, 13, 30, 1);
    StatesOnHeap written = StatesOnHeap.random(SEED, shard, HIDDEN_SIZE);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ShardWriter(shard, written).write(ShardHeader.of(4, HIDDEN_SIZE, shard), out, rows);
    StatesOnHeap read = new StatesOnHeap(3, 30, HIDDEN_SIZE);
    MicroShard tokens =
        new ShardReader("file", header -> read).read(new ByteArrayInputStream(out.toByteArray()));
    assertSame(tokens, shard);
    assertThat(read.values()).isEqualTo(written.withoutPadding(shard.lengths()));
  }

  private static void assertSame(MicroShard actual, MicroShard expected) {
    assertThat(actual.index()).isEqualTo(expected.index());
    assertThat(actual.firstSequence()).isEqualTo(expected.firstSequence());
    assertThat(actual.ids()).isEqualTo(expected.ids());
    assertThat(actual.lengths()).isEqualTo(expected.lengths());
  }

  private static int[] lengths(String text) {
    return Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
  }

  /** No clock, no random name: another machine writes the same file. */
  @Test
  void aFileIsTheseBytes() throws IOException {
    MicroShard shard = StatesOnHeap.shard(SEED, 13, 7);
    write(shard);
    byte[] once = Files.readAllBytes(file());
    write(shard);
    assertThat(file()).hasBinaryContent(once);
    assertThat(Files.readString(folder.resolve("block-004/shard-00012.arrow.sha256")))
        .isEqualTo(GOLDEN + "  shard-00012.arrow\n");
  }

  /** Arrow's own reader of files, which starts at the footer, sees a table without padding. */
  @Test
  void anyArrowReaderSeesARowAToken() throws IOException {
    MicroShard shard = StatesOnHeap.shard(SEED, 2, 3);
    StatesOnHeap written = write(shard);
    List<String> rows = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.READ);
        RootAllocator allocator = new RootAllocator();
        ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      assertThat(root.getSchema().getFields())
          .hasToString(
              "[sequence_id: Int(64, true) not null, position: Int(32, true) not null, token:"
                  + " Int(32, true) not null, hidden: FixedSizeList(48)<element:"
                  + " FloatingPoint(SINGLE) not null> not null]");
      assertThat(root.getSchema().getCustomMetadata())
          .containsEntry("gramian.format", "hidden-states")
          .containsEntry("gramian.block", "4")
          .containsEntry("gramian.hidden_size", "48");
      assertThat(reader.getRecordBlocks()).hasSize(1);
      reader.loadNextBatch();
      for (int row = 0; row < root.getRowCount(); row++) {
        int at = row;
        root.getFieldVectors().forEach(v -> assertThat(v.isNull(at)).isFalse());
        rows.add(
            root.getVector("sequence_id").getObject(row)
                + " "
                + root.getVector("position").getObject(row)
                + " "
                + root.getVector("token").getObject(row)
                + " "
                + ((List<?>) root.getVector("hidden").getObject(row)).get(47));
      }
    }
    int[] ids = shard.ids();
    float[] values = written.values();
    assertThat(rows)
        .containsExactly(
            "24 0 " + ids[0] + " " + values[47],
            "24 1 " + ids[1] + " " + values[95],
            "25 0 " + ids[3] + " " + values[3 * 48 + 47],
            "25 1 " + ids[4] + " " + values[4 * 48 + 47],
            "25 2 " + ids[5] + " " + values[5 * 48 + 47]);
  }

  @Test
  void pythonReadsIt() throws Exception {
    String probe = "import sys, importlib.util as u; sys.exit(u.find_spec('pyarrow') is None)";
    assumeTrue(python(probe) == 0, "python3 has no pyarrow");
    write(StatesOnHeap.shard(SEED, 13, 7));
    assertThat(
            python(
                "import pyarrow as pa; t = pa.ipc.open_file(pa.memory_map('"
                    + file()
                    + "')).read_all(); t.validate(full=True);"
                    + " assert t.num_rows == 20 and len(t['hidden'][19]) == 48;"
                    + " assert t['sequence_id'][19].as_py() == 25"))
        .isZero();
  }

  private static int python(String program) throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", program).inheritIO().start().waitFor();
    } catch (IOException e) {
      return -1;
    }
  }

  @Test
  void damageIsOneLine() throws IOException {
    write(StatesOnHeap.shard(SEED, 13, 7));
    byte[] sound = Files.readAllBytes(file());
    byte[] tampered = sound.clone();
    tampered[tampered.length / 2] ^= 1;
    for (byte[] damaged : List.of(tampered, Arrays.copyOf(sound, sound.length - 100))) {
      Files.write(file(), damaged);
      assertThat(states().isSound(12)).isFalse();
      assertRefused()
          .hasMessageMatching(
              "\\Q"
                  + file()
                  + " is damaged (its SHA-256 is \\E[0-9a-f]{64}, but"
                  + " shard-00012.arrow.sha256 says [0-9a-f]{64}\\): "
                  + AGAIN);
    }
    Files.write(file(), sound);
    assertThat(states().isSound(12)).isTrue();
    Files.delete(folder.resolve("block-004/shard-00012.arrow.sha256"));
    assertThat(states().isSound(12)).isFalse();
    assertRefused().hasMessage(file() + " is damaged (it or its checksum is missing): " + AGAIN);
    Files.delete(file());
    assertThat(states().isSound(12)).isFalse();
  }

  private AbstractThrowableAssert<?, ?> assertRefused() {
    return assertThatThrownBy(() -> states().read(12, StatesOnHeap::zeros))
        .isInstanceOf(UserException.class);
  }

  @Test
  void whatIsNotHiddenStatesIsRefused() {
    byte[] text = "no Arrow file at all".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () ->
                new ShardReader("some.arrow", StatesOnHeap::zeros)
                    .read(new ByteArrayInputStream(text)))
        .isInstanceOf(UserException.class)
        .hasMessage("some.arrow: not an Arrow IPC file");
    assertThatThrownBy(() -> ShardHeader.of(Map.of(), "some.arrow"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "some.arrow: gramian.format and gramian.version are null and null, expected"
                + " hidden-states and 1");
  }

  @Test
  void aFileInAnothersPlaceIsRefused() throws IOException {
    write(StatesOnHeap.shard(SEED, 13));
    Path block = file().getParent();
    Files.move(file(), block.resolve("shard-00002.arrow"));
    Files.move(
        block.resolve("shard-00012.arrow.sha256"), block.resolve("shard-00002.arrow.sha256"));
    assertThatThrownBy(() -> states().read(2, StatesOnHeap::zeros))
        .isInstanceOf(UserException.class)
        .hasMessage(block + "/shard-00002.arrow: holds shard 12, expected 2");
  }
}
