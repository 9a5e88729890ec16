package io.gramian.edge.kernel;

import io.gramian.model.Activation;

/**
 * The operations of a forward pass that are worth a kernel. Implementations keep no state, may be
 * used by all threads at once, and allocate nothing but in {@link #layout}.
 *
 * <p>All numbers are F32; sums are taken in whatever order suits the kernel, so two kernels agree
 * to rounding ({@code 1e-5} of the operands' lengths, {@code 1e-4} where weights have 4 bits), not
 * to the bit.
 */
public interface Kernels {

  /** Rows of a map before as many of the one that it is paired with. */
  int PAIRED = FourBitPanels.LANES;

  /** What runs and on what, in a few words, for logs and tables. */
  String description();

  /** The order in which {@link #multiply} wants the inputs of {@code weights}. */
  InputLayout layout(WeightRows weights, ColumnPlan plan);

  /** Floats of scratch that {@link #multiply} needs for inputs of that layout. */
  int scratch(InputLayout layout);

  /**
   * Computes some of a product's rows for the first {@code tokens} tokens; every stored byte is
   * read once, however many they are. {@code 2 rows columns} operations a token.
   *
   * @param input arranged for these weights
   * @param spans places of rows, as {@link WeightRows#places} gives them
   * @param scratch the calling thread's own
   */
  void multiply(Product product, Arranged input, RowSpan[] spans, int tokens, float[] scratch);

  /**
   * Whether {@link #multiplyColumns} is how a team best shares out a product for one token: each
   * member some columns of all rows, so that it reads one piece of memory.
   */
  boolean sharesColumns(WeightRows weights);

  /** A worker's share of the columns that inputs of a layout are for. */
  ColumnShare columns(InputLayout layout, Share share);

  /**
   * Computes for one token what a share of the columns adds to every output.
   *
   * @param weights rows that lie in memory as they are stored
   * @param input arranged for these weights, at least for that share
   * @param partial receives a number for every place
   */
  void multiplyColumns(WeightRows weights, Arranged input, ColumnShare share, float[] partial);

  /**
   * Begins to fetch what {@link #multiply} reads first.
   *
   * @param scratch the calling thread's own; receives something that means nothing
   */
  default void fetch(WeightRows weights, RowSpan[] spans, float[] scratch) {}

  /**
   * Begins to fetch what {@link #multiplyColumns} reads first.
   *
   * @param scratch the calling thread's own; receives something that means nothing
   */
  default void fetchColumns(WeightRows weights, ColumnShare share, float[] scratch) {}

  /** {@code sum_i a[aAt + i] b[bAt + i]} over {@code n} elements. */
  float dot(float[] a, int aAt, float[] b, int bAt, int n);

  /**
   * {@code scores[p] += sum_c q[qAt + c] k_pc} for every position {@code p} of {@code keys}.
   *
   * @param scores has room for whole blocks of positions; what is behind the last one may change
   */
  void addScores(float[] q, int qAt, CacheColumns keys, float[] scores);

  /**
   * {@code y[yAt + c] = sum_p weights[p] v_pc} over the positions of {@code values}.
   *
   * @param y has room for {@link CacheRows#whole} channels; what is behind the last one may change
   */
  void mix(float[] weights, CacheRows values, float[] y, int yAt);

  /** {@code y[yAt + i] += factor x[xAt + i]} for {@code n} elements. */
  void addScaled(float[] y, int yAt, float factor, float[] x, int xAt, int n);

  /** {@code x[at + i]} becomes {@code exp(x - max)} over their sum, for {@code n} elements. */
  void softmax(float[] x, int at, int n);

  /** {@code x[at + i] = f(x[at + i])} for {@code n} elements. */
  void activate(Activation f, float[] x, int at, int n);

  /**
   * {@code y[c] = f(g_c) u_c} for the channels {@code from} to {@code to}.
   *
   * @param pairs {@link #PAIRED} numbers {@code u} and as many {@code g} take turns, from {@code
   *     at} on
   * @param y from the channel on that begins such a turn, others may change
   */
  void activatePairs(Activation f, float[] pairs, int at, int from, int to, float[] y);

  /** {@code y[yAt + i] *= x[xAt + i]} for {@code n} elements. */
  void times(float[] y, int yAt, float[] x, int xAt, int n);

  /**
   * One token of one head of a selective scan, over its {@code P} channels and {@code N} states:
   * {@code h_pn = decay h_pn + step x_p B_n}, {@code y_p = sum_n h_pn C_n}, without the skip.
   * {@code 5 P N} operations; the state is read and written once.
   */
  void scan(ScanHead head);

  /** The best kernels that this JVM can run, and why they were chosen. */
  static Choice best() {
    return Choice.ofThisJvm();
  }

  /**
   * Kernels and the reason for them.
   *
   * @param kernels what runs
   * @param reason one line for a log
   */
  record Choice(Kernels kernels, String reason) {

    private static final String MODULE = "jdk.incubator.vector";

    /** Vectors where the JVM was started with the Vector API, else plain loops. */
    static Choice ofThisJvm() {
      if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
        return new Choice(
            new ScalarKernels(),
            "plain loops, because this JVM was started without --add-modules " + MODULE);
      }
      Kernels vectors = new VectorKernels();
      return new Choice(vectors, vectors.description() + ", as wide as this processor's");
    }
  }
}
