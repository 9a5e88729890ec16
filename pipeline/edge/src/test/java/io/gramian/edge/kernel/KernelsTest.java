package io.gramian.edge.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both kernels against plain loops in double precision, on sizes that fit no vector. */
class KernelsTest {

  private static final long SEED = 23;

  private final RandomRows random = new RandomRows(SEED);

  static Stream<Kernels> kernels() {
    return Stream.of(new ScalarKernels(), new VectorKernels());
  }

  private record Case(WeightRows weights, ColumnPlan plan) {}

  private List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (List<Integer> rows :
        List.of(
            List.of(1),
            List.of(13),
            List.of(207),
            List.of(16, 16, 16),
            List.of(10, 10, 10, 3),
            List.of(64, 64, 8))) {
      cases.add(packed(rows, ColumnGroups.whole(128, 128), List.of(128)));
      cases.add(packed(rows, ColumnGroups.whole(576, 128), List.of(576)));
      cases.add(packed(rows, ColumnGroups.whole(2, 128), List.of(2)));
      cases.add(fixed(rows, ColumnGroups.whole(576, 128)));
      cases.add(fixed(rows, ColumnGroups.whole(300, 20)));
      cases.add(packed(rows, ColumnGroups.whole(300, 128), List.of(206)));
      cases.add(packed(rows, new ColumnGroups(List.of(64, 64, 64), 128), List.of(64, 64, 64)));
      cases.add(packed(rows, new ColumnGroups(List.of(64, 64, 64), 128), List.of(40, 40, 40)));
      cases.add(packed(rows, new ColumnGroups(List.of(64, 64, 64), 128), List.of(2, 0, 64)));
      cases.add(packed(rows, new ColumnGroups(List.of(80, 80), 32), List.of(50, 50)));
      cases.add(packed(rows, new ColumnGroups(List.of(10, 6), 4), List.of(8, 2)));
      int all = rows.stream().mapToInt(Integer::intValue).sum();
      cases.add(plain(DType.BF16, all, 207));
      cases.add(plain(DType.F32, all, 207));
      cases.add(plain(DType.BF16, all, 256));
      cases.add(plain(DType.F32, all, 13));
    }
    return cases;
  }

  private Case packed(List<Integer> rows, ColumnGroups groups, List<Integer> kept) {
    return new Case(random.fourBit(rows, groups), ColumnPlan.prefixes(groups, kept));
  }

  private Case fixed(List<Integer> rows, ColumnGroups groups) {
    int all = rows.stream().mapToInt(Integer::intValue).sum();
    return new Case(
        new FourBitPanels(random.table(all, groups), PanelShape.ofFixedColumns(groups, rows)),
        ColumnPlan.prefixes(groups, groups.runs()));
  }

  private Case plain(DType dtype, int rows, int columns) {
    return new Case(random.plain(dtype, rows, columns), ColumnPlan.plain(columns));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void productIsThatOfPlainLoops(Kernels kernels) {
    for (Case one : cases()) {
      for (int tokens : new int[] {1, 2, 4, 7}) {
        check(kernels, one, tokens);
      }
    }
  }

  private void check(Kernels kernels, Case one, int tokens) {
    InputLayout layout = kernels.layout(one.weights(), one.plan());
    int inputs = layout.inputs();
    float[] x = random.gaussian(tokens * inputs);
    float[] arrangedValues = new float[tokens * layout.length()];
    // What is left of another product must not matter.
    Arrays.fill(arrangedValues, Float.NaN);
    Arranged arranged = new Arranged(layout, arrangedValues);
    for (int token = 0; token < tokens; token++) {
      arranged.set(token, x, token * inputs);
    }
    int rows = one.weights().rows();
    float[] y = new float[tokens * (rows + 3)];
    Product product = new Product(one.weights(), y, rows + 3);
    float[] scratch = new float[kernels.scratch(layout)];
    int middle = rows / 3;
    // To fetch something before changes nothing.
    kernels.fetch(one.weights(), places(one, new RowSpan(middle, rows, 0)), scratch);
    // Rows in two calls, and a gap between them that only outputs have.
    kernels.multiply(product, arranged, places(one, new RowSpan(0, middle, 1)), tokens, scratch);
    kernels.multiply(
        product, arranged, places(one, new RowSpan(middle, rows, 2 + middle)), tokens, scratch);
    for (int token = 0; token < tokens; token++) {
      for (int row = 0; row < rows; row++) {
        assertThat((double) y[token * (rows + 3) + row + (row < middle ? 1 : 2)])
            .as("%s, seed %d, %s, row %d, token %d", kernels, SEED, one, row, token)
            .isCloseTo(expected(one, row, x, token * inputs), within(bound(one)));
      }
      assertThat(y[token * (rows + 3)]).isZero();
      assertThat(y[token * (rows + 3) + 1 + middle]).isZero();
      assertThat(y[token * (rows + 3) + rows + 2]).isZero();
    }
  }

  /** Sums of 4-bit weights are taken with ones that are taken away again, which costs accuracy. */
  private static double bound(Case one) {
    return one.weights() instanceof FourBitPanels ? 6e-5 : 2e-5;
  }

  /** Shares of columns add up to the product, however many members a team has. */
  @Test
  void sharesOfColumnsAddUp() {
    Kernels kernels = new VectorKernels();
    for (Case one : cases()) {
      if (!kernels.sharesColumns(one.weights()) || !inOrder(one.weights())) {
        continue;
      }
      InputLayout layout = kernels.layout(one.weights(), one.plan());
      float[] x = random.gaussian(layout.inputs());
      for (int team = 1; team <= 5; team++) {
        float[] sums = new float[one.weights().places()];
        for (int member = 0; member < team; member++) {
          ColumnShare share = kernels.columns(layout, new Share(member, team));
          float[] partial = new float[sums.length];
          Arrays.fill(partial, Float.NaN);
          kernels.fetchColumns(one.weights(), share, partial);
          kernels.multiplyColumns(one.weights(), arranged(layout, share, x), share, partial);
          for (int i = 0; i < sums.length; i++) {
            sums[i] += partial[i];
          }
        }
        for (int row = 0; row < one.weights().rows(); row++) {
          assertThat((double) sums[row])
              .as("seed %d, %s, team of %d, row %d", SEED, one, team, row)
              .isCloseTo(expected(one, row, x, 0), within(bound(one)));
        }
      }
    }
  }

  /** A share's inputs, and nothing else: not even the inputs that are not said to be its own. */
  private static Arranged arranged(InputLayout layout, ColumnShare share, float[] x) {
    float[] values = new float[layout.length()];
    Arrays.fill(values, Float.NaN);
    Arranged arranged = new Arranged(layout, values);
    float[] own = new float[x.length];
    Arrays.fill(own, Float.NaN);
    System.arraycopy(x, share.from(), own, share.from(), share.to() - share.from());
    arranged.set(share, own);
    return arranged;
  }

  /** Then nobody needs another's inputs. */
  @Test
  void sharesOfColumnsBeginWithChunksThatAreNear() {
    ColumnGroups groups = ColumnGroups.whole(1536, 128);
    PanelShape shape = PanelShape.of(groups, List.of(576));
    assertThat(borders(shape, groups, 1536, 2)).containsExactly(0, 768, 768, 1536);
    assertThat(borders(shape, groups, 992, 2)).containsExactly(0, 512, 512, 992);
    assertThat(borders(shape, groups, 1536, 3)).containsExactly(0, 512, 512, 1024, 1024, 1536);
    // Five and a half chunks for each: the sixth is shared.
    assertThat(borders(shape, groups, 1312, 2)).containsExactly(0, 768, 640, 1312);
    // More members than there are panels in all chunks that are read.
    PanelShape one = PanelShape.of(groups, List.of(32));
    assertThat(borders(one, groups, 128, 3)).containsExactly(0, 0, 0, 0, 0, 128);
  }

  private static List<Integer> borders(
      PanelShape shape, ColumnGroups groups, int kept, int members) {
    PanelLayout layout = new PanelLayout(shape, plan(groups, kept));
    return IntStream.range(0, members)
        .mapToObj(i -> ColumnShare.of(layout, new Share(i, members)))
        .flatMap(share -> Stream.of(share.from(), share.to()))
        .toList();
  }

  /** Not the beginning of a chunk of which the width reads nothing. */
  @Test
  void fetchesWhereAShareOfTheColumnsBegins() {
    ColumnGroups groups = new ColumnGroups(List.of(256, 128), 128);
    FourBitPanels weights = random.fourBit(List.of(128), groups);
    PanelLayout layout = new PanelLayout(weights.shape(), plan(groups, 0, 128));
    Kernels kernels = new VectorKernels();
    float[] scratch = new float[1];
    kernels.fetchColumns(weights, kernels.columns(layout, new Share(0, 2)), scratch);
    assertThat(scratch[0]).as("seed %d", SEED).isEqualTo(weights.fetch(2, 0));
    kernels.fetchColumns(weights, kernels.columns(layout, new Share(1, 2)), scratch);
    assertThat(scratch[0])
        .as("seed %d", SEED)
        .isEqualTo(weights.fetch(2, 2))
        .isNotEqualTo(weights.fetch(2, 0));
  }

  private static ColumnPlan plan(ColumnGroups groups, Integer... kept) {
    return ColumnPlan.prefixes(groups, List.of(kept));
  }

  private static boolean inOrder(WeightRows weights) {
    return IntStream.range(0, weights.rows()).allMatch(row -> weights.rowAt(row) == row);
  }

  /** More rows than sums are kept for at a time. */
  @Test
  void aVocabulary() {
    check(new VectorKernels(), fixed(List.of(17_003), ColumnGroups.whole(20, 8)), 1);
  }

  private static RowSpan[] places(Case one, RowSpan stored) {
    return one.weights().places(List.of(stored)).toArray(RowSpan[]::new);
  }

  private static double expected(Case one, int row, float[] x, int at) {
    float[] numbers = new float[one.weights().columns()];
    one.weights().read(row, 0, numbers.length, numbers, 0);
    double sum = 0;
    for (ColumnPlan.Piece piece : one.plan().pieces()) {
      for (int i = 0; i < piece.count(); i++) {
        sum += (double) numbers[piece.column() + i] * x[at + piece.source() + i];
      }
    }
    return sum;
  }

  @Test
  void rowsReadAsThePackedMatrixDoes() {
    rowsReadAsThePackedMatrixDoes(new ColumnGroups(List.of(10, 6), 4));
    rowsReadAsThePackedMatrixDoes(new ColumnGroups(List.of(30, 34), 20));
    rowsReadAsThePackedMatrixDoes(ColumnGroups.whole(64, 64));
  }

  private void rowsReadAsThePackedMatrixDoes(ColumnGroups groups) {
    int columns = groups.columns();
    int perRow = groups.groups();
    FourBitTable rows = random.table(5, groups);
    ByteBuffer values = ByteBuffer.allocate(5 * columns / 2);
    ByteBuffer halves = ByteBuffer.allocate(5 * perRow * Short.BYTES);
    float[] scales = new float[5 * perRow];
    for (int row = 0; row < 5; row++) {
      for (int column = 0; column < columns; column += 8) {
        values.order(ByteOrder.LITTLE_ENDIAN).putInt(rows.eight(row, column, 8));
      }
      for (int group = 0; group < perRow; group++) {
        scales[row * perRow + group] = rows.scale(row, group);
      }
    }
    values.flip();
    FloatCodec.encode(DType.F16, FloatBuffer.wrap(scales), halves);
    float[] expected = PackedMatrix.ofBytes(groups, values, halves.flip()).dequantised(0, 5);
    for (int border : new int[] {0, 7, columns / 2}) {
      float[] actual = new float[5 * columns];
      for (int row = 0; row < 5; row++) {
        rows.read(row, 0, border, actual, row * columns);
        rows.read(row, border, columns - border, actual, row * columns + border);
      }
      assertThat(actual).as("seed %d, %s, %d", SEED, groups, border).isEqualTo(expected);
    }
  }

  /** Tables that are multiplied together are read as if their rows were one table's. */
  @Test
  void tablesLieTogether() {
    ColumnGroups groups = ColumnGroups.whole(40, 16);
    List<FourBitTable> tables =
        List.of(random.table(48, groups), random.table(16, groups), random.table(7, groups));
    PanelShape shape = PanelShape.ofFixedColumns(groups, List.of(16, 16, 16, 16, 7));
    FourBitPanels together = new FourBitPanels(tables, shape);
    int row = 0;
    for (FourBitTable table : tables) {
      for (int i = 0; i < table.rows(); i++) {
        float[] expected = new float[40];
        table.read(i, 0, 40, expected, 0);
        float[] actual = new float[40];
        together.read(row++, 0, 40, actual, 0);
        assertThat(actual).as("seed %d, row %d", SEED, row).isEqualTo(expected);
      }
    }
    assertThat(together.rows()).isEqualTo(row);
    Case one = new Case(together, ColumnPlan.prefixes(groups, List.of(40)));
    kernels().forEach(kernels -> check(kernels, one, 1));
    kernels().forEach(kernels -> check(kernels, one, 3));
  }

  /** Rows of two maps by turns: panels of whole pairs and a last one that is not full. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 24, 80})
  void pairedMaps(int rows) {
    ColumnGroups groups = ColumnGroups.whole(72, 32);
    List<FourBitTable> tables = List.of(random.table(rows, groups), random.table(rows, groups));
    FourBitPanels pairs = new FourBitPanels(tables, PanelShape.ofPairs(groups, rows));
    for (int row = 0; row < rows; row++) {
      int up = row / Kernels.PAIRED * 2 * Kernels.PAIRED + row % Kernels.PAIRED;
      assertThat(pairs.rowAt(up)).isEqualTo(row);
      assertThat(pairs.rowAt(up + Kernels.PAIRED)).isEqualTo(rows + row);
    }
    Case one = new Case(pairs, ColumnPlan.prefixes(groups, List.of(72)));
    kernels().forEach(kernels -> check(kernels, one, 1));
    kernels().forEach(kernels -> check(kernels, one, 3));
  }

  @Test
  void refusesTablesOfAnotherShape() {
    ColumnGroups groups = ColumnGroups.whole(40, 16);
    PanelShape shape = PanelShape.ofFixedColumns(groups, List.of(16));
    FourBitTable more = random.table(17, groups);
    FourBitTable other = random.table(16, ColumnGroups.whole(40, 8));
    assertThatThrownBy(() -> new FourBitPanels(more, shape))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("17 rows of")
        .hasMessageContaining("in another shape");
    assertThatThrownBy(() -> new FourBitPanels(other, shape))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in another shape");
  }

  @Test
  void everyScaleIsDecodedExactly() {
    for (int bits = 0; bits < 0x7c00; bits++) {
      float expected = FloatCodec.roundedToF16(FourBitTable.ofHalf((short) bits));
      assertThat(FourBitTable.ofHalf((short) bits)).isEqualTo(expected);
      assertThat(FourBitTable.ofHalf((short) (bits | 0x8000))).isEqualTo(-expected);
    }
    assertThat(FourBitTable.ofHalf((short) 0x3c00)).isEqualTo(1);
    assertThat(FourBitTable.ofHalf((short) 1)).isEqualTo(0x1p-24f);
  }

  @Test
  void plansRefuseMoreColumnsThanThereAre() {
    ColumnGroups groups = new ColumnGroups(List.of(10, 6), 4);
    assertThatThrownBy(() -> ColumnPlan.prefixes(groups, List.of(12, 6)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("[12, 6] columns of runs of [10, 6]");
    assertThatThrownBy(() -> ColumnPlan.prefixes(groups, List.of(10)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void vectorsAreChosenWhereTheJvmHasThem() {
    Kernels.Choice choice = Kernels.best();
    assertThat(choice.kernels()).isInstanceOf(VectorKernels.class);
    assertThat(choice.reason()).matches("vectors of \\d+ bits, as wide as this processor's");
  }
}
