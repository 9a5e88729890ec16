package io.gramian.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Blocks of awkward sizes with random tensors. */
final class RandomBlocks {

  static final int HIDDEN = 13;

  private RandomBlocks() {}

  /** An attention block; {@code rotary} 0 means no rotary embedding. */
  static ResidualBlock attention(HeadLayout layout, int rotary) {
    Rope rope =
        rotary == 0
            ? null
            : new Rope(
                rotary,
                IntStream.range(0, rotary / 2).mapToObj(i -> Math.pow(0.37, i)).toList(),
                1.0,
                List.of());
    Attention attention =
        new Attention(
            map("q", layout.querySize(), HIDDEN),
            map("k", layout.keyValueSize(), HIDDEN),
            map("v", layout.keyValueSize(), HIDDEN),
            map("o", HIDDEN, layout.querySize()),
            layout,
            rope);
    return new ResidualBlock(6, 3, new NormSpec("norm", HIDDEN, 1e-5), attention);
  }

  /** A gated MLP block. */
  static ResidualBlock mlp(int width) {
    Mlp mlp =
        new Mlp(
            map("gate", width, HIDDEN),
            map("up", width, HIDDEN),
            map("down", HIDDEN, width),
            Activation.SILU);
    return new ResidualBlock(7, 3, new NormSpec("norm", HIDDEN, 1e-5), mlp);
  }

  /** An MLP block without gate. */
  static ResidualBlock ungatedMlp(int width) {
    Mlp mlp = new Mlp(null, map("up", width, HIDDEN), map("down", HIDDEN, width), Activation.SILU);
    return new ResidualBlock(7, 3, new NormSpec("norm", HIDDEN, 1e-5), mlp);
  }

  /** A state space block whose steps are clamped now and then; with biases everywhere. */
  static ResidualBlock mamba2(ScanLayout layout) {
    Mamba2 mamba2 =
        new Mamba2(
            map("in", layout.inputRows(), HIDDEN),
            new Convolution("conv.weight", "conv.bias", layout.convolutionChannels(), 4),
            new ScanParameters("A_log", "D", "dt_bias", 0.1, 1.5),
            new NormSpec("gated", layout.innerSize(), 1e-5),
            map("out", HIDDEN, layout.innerSize()),
            layout);
    return new ResidualBlock(5, 2, new NormSpec("norm", HIDDEN, 1e-5), mamba2);
  }

  private static LinearSpec map(String name, int out, int in) {
    return new LinearSpec(name + ".weight", name + ".bias", out, in);
  }

  /**
   * Normal values for every tensor of {@code block}; a vector has one column, a kernel is a row.
   */
  static Map<String, double[][]> tensors(ResidualBlock block, Random random) {
    Map<String, double[][]> tensors = new HashMap<>();
    for (TensorShape tensor : block.tensors()) {
      int rows = Math.toIntExact(tensor.shape().get(0));
      int columns = Math.toIntExact(tensor.elements() / rows);
      tensors.put(tensor.name(), matrix(rows, columns, random));
    }
    return tensors;
  }

  static double[][] matrix(int rows, int columns, Random random) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextGaussian() / Math.sqrt(columns);
      }
    }
    return matrix;
  }

  /** A random order for every group of {@code block}. */
  static Map<CouplingGroup, List<Integer>> orders(ResidualBlock block, Random random) {
    Map<CouplingGroup, List<Integer>> orders = new HashMap<>();
    for (CoupledUnits units : CouplingGroups.of(block)) {
      List<Integer> order = new ArrayList<>(units.identity());
      Collections.shuffle(order, random);
      orders.put(units.group(), order);
    }
    return orders;
  }

  /** The tensors with every touched axis gathered as the orders say. */
  static Map<String, double[][]> gather(
      ResidualBlock block,
      Map<String, double[][]> tensors,
      Map<CouplingGroup, List<Integer>> orders) {
    Map<String, double[][]> gathered = new HashMap<>(tensors);
    AxisSources.of(block, orders)
        .forEach(
            (key, sources) ->
                gathered.merge(
                    key.tensor(),
                    new double[0][],
                    (matrix, nothing) -> gather(matrix, key.axis(), sources)));
    return gathered;
  }

  /** Zeroes, on every touched axis, the channels that the kept units do not list. */
  static Map<String, double[][]> masked(
      ResidualBlock block,
      Map<String, double[][]> tensors,
      Map<CouplingGroup, List<Integer>> kept) {
    Map<String, double[][]> masked = new HashMap<>();
    tensors.forEach(
        (name, matrix) ->
            masked.put(name, Stream.of(matrix).map(double[]::clone).toArray(double[][]::new)));
    AxisSources.of(block, kept)
        .forEach(
            (key, sources) -> {
              double[][] matrix = masked.get(key.tensor());
              for (int row = 0; row < matrix.length; row++) {
                for (int column = 0; column < matrix[row].length; column++) {
                  int channel = key.axis() == 0 ? row : column;
                  if (IntStream.of(sources).noneMatch(source -> source == channel)) {
                    matrix[row][column] = 0;
                  }
                }
              }
            });
    return masked;
  }

  private static double[][] gather(double[][] matrix, int axis, int[] sources) {
    if (axis == 0) {
      return IntStream.of(sources).mapToObj(row -> matrix[row].clone()).toArray(double[][]::new);
    }
    return IntStream.range(0, matrix.length)
        .mapToObj(row -> IntStream.of(sources).mapToDouble(c -> matrix[row][c]).toArray())
        .toArray(double[][]::new);
  }
}
