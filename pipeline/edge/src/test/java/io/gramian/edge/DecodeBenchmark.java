package io.gramian.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.edge.kernel.FourBitCeiling;
import io.gramian.edge.team.WorkerTeam;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoding token by token, packed at three widths against BF16 and F32 on the same runtime, in one
 * process: rounds alternate, medians of a token's time. What a narrower width gains is compared run
 * by run with the run at full width right before it, because a machine's speed drifts. Beside them
 * what the machine could do: bytes streamed a second from mapped memory, and 4-bit weights
 * multiplied a second where they are in the cache.
 */
class DecodeBenchmark {

  private static final long SEED = 5;
  private static final int PROMPT = 32;
  private static final int TOKENS = 24;
  private static final int ROUNDS = Integer.getInteger("gramian.rounds", 5);

  /** Runs at every packed width in a round: they take a fraction of the others' time. */
  private static final int RUNS = 4;

  private static final int SWITCHES = 1000;
  private static final int PASSES = 3;
  private static final int THREADS =
      Integer.getInteger("gramian.threads", Runtime.getRuntime().availableProcessors());

  /** Of 4-bit weights as they are multiplied: an F32 scale for 128 of them. */
  private static final double BYTES_PER_WEIGHT = 0.5 + 4.0 / 128;

  private static final DeviceProfile PROFILE =
      new DeviceProfile("edge", new Granularity(16, 8, 8, 2), 128);

  private static final String SMOLLM2_135M =
      """
      {"model_type": "llama", "hidden_size": 576, "intermediate_size": 1536,
       "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3,
       "vocab_size": 49152, "rms_norm_eps": 1e-5, "rope_theta": 100000, "hidden_act": "silu",
       "max_position_embeddings": 8192, "tie_word_embeddings": true}
      """;
  private static final String LLAMA_32_1B =
      """
      {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192,
       "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8,
       "head_dim": 64, "vocab_size": 128256, "rms_norm_eps": 1e-5, "rope_theta": 500000,
       "hidden_act": "silu", "max_position_embeddings": 8192, "tie_word_embeddings": true}
      """;

  @TempDir private Path folder;

  /** A model at a width, and the times of its tokens, run by run. */
  private record Runner(
      String name, EdgeModel model, EdgeSession session, KeepRatio ratio, List<double[]> runs) {

    long bytes() {
      return model.bytesRead(ratio);
    }

    /** The same model and session at another width. */
    Runner at(String other, KeepRatio narrower) {
      return new Runner(other, model, session, narrower, new ArrayList<>());
    }

    double median() {
      return quantile(runs.stream().flatMapToDouble(Arrays::stream).toArray(), 0.5);
    }

    /** How many times as fast this width is, by pairs of runs: quartiles. */
    String gain(Runner full) {
      double[] gains = new double[runs.size()];
      Arrays.setAll(gains, i -> quantile(full.runs.get(i), 0.5) / quantile(runs.get(i), 0.5));
      return String.format(
          Locale.ROOT,
          "  %s is %.2f times as fast as W4 at 1.0 (median of %d pairs of runs; half of them %.2f"
              + " to %.2f)",
          name,
          quantile(gains, 0.5),
          gains.length,
          quantile(gains, 0.25),
          quantile(gains, 0.75));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SmolLM2-135M", "Llama-3.2-1B"})
  void decode(String shape) throws IOException {
    ShapeFolder models =
        new ShapeFolder(shape.startsWith("Smol") ? SMOLLM2_135M : LLAMA_32_1B, SEED);
    Path packed = models.packed(folder.resolve("w4"), PROFILE);
    Path bf16 = models.plain(folder.resolve("bf16"), DType.BF16);
    Path f32 = models.plain(folder.resolve("f32"), DType.F32);
    Runner full = runner("W4 at 1.0", packed);
    List<Runner> widths =
        List.of(
            full,
            full.at("W4 at 0.85", new KeepRatio(0.85)),
            full.at("W4 at 0.65", new KeepRatio(0.65)));
    List<Runner> plain = List.of(runner("BF16", bf16), runner("F32", f32));
    for (int round = -1; round < ROUNDS; round++) {
      for (int i = 0; i < RUNS; i++) {
        run(widths, round >= 0);
      }
      run(plain, round >= 0);
    }
    List<Runner> runners = Stream.concat(widths.stream(), plain.stream()).toList();
    String more = allocated(full) + switches(full);
    double streaming;
    double ceiling;
    try (WorkerTeam team = new WorkerTeam(THREADS);
        Checkpoint checkpoint = Checkpoint.open(LocalDirectory.of(f32))) {
      ByteBuffer table = checkpoint.view("model.embed_tokens.weight");
      streaming = Ceilings.streaming(team, table, 8);
      ceiling = FourBitCeiling.weightsPerSecond(team, 2048);
    }
    print(shape, runners, streaming, ceiling);
    widths.stream().skip(1).map(width -> width.gain(full)).forEach(System.out::println);
    System.out.println(more);
    runners.stream().map(Runner::model).distinct().forEach(EdgeModel::close);
  }

  private static Runner runner(String name, Path folder) throws IOException {
    EdgeSettings settings = new EdgeSettings(THREADS, EdgeSettings.ofThisMachine().kernels());
    EdgeModel model = EdgeModel.open(LocalDirectory.of(folder), settings);
    EdgeSession session = model.session(SessionSettings.of(PROMPT + TOKENS));
    return new Runner(name, model, session, KeepRatio.FULL, new ArrayList<>());
  }

  private static void run(List<Runner> runners, boolean counts) {
    for (Runner runner : runners) {
      double[] seconds = seconds(runner);
      if (counts) {
        runner.runs().add(seconds);
      }
    }
  }

  /** Every token's of a run. */
  private static double[] seconds(Runner runner) {
    EdgeSession session = runner.session();
    session.reset();
    session.setKeepRatio(runner.ratio());
    int[] prompt = new int[PROMPT];
    Arrays.setAll(prompt, i -> (i * 37) % 1000);
    float[] logits = session.append(prompt);
    double[] seconds = new double[TOKENS];
    for (int token = 0; token < TOKENS; token++) {
      int next = largest(logits);
      long start = System.nanoTime();
      logits = session.append(next);
      seconds[token] = (System.nanoTime() - start) * 1e-9;
    }
    assertThat(Float.isFinite(logits[0])).isTrue();
    return seconds;
  }

  /** Of the caller's thread, by tokens on code that has been compiled by now. */
  private static String allocated(Runner runner) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    runner.session().reset();
    runner.session().append(1);
    // An array of the caller's own: the one that a call makes of its argument would count.
    int[] token = new int[1];
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < TOKENS; i++) {
      token[0] = i;
      runner.session().append(token);
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    return String.format(Locale.ROOT, "  %d bytes allocated a token%n", bytes / TOKENS);
  }

  /**
   * A thousand switches between prepared widths, a token behind each: time on the clock, and time
   * of the processor. They differ where another thread, most often the compiler's, had it instead;
   * as long a look at the clock beside every switch shows how often that happens to any code. What
   * a switch itself takes is the least of some passes over the same thousand: nobody is interrupted
   * at the same one again and again.
   */
  private static String switches(Runner runner) {
    List<KeepRatio> ratios = List.of(KeepRatio.FULL, new KeepRatio(0.85), new KeepRatio(0.65));
    EdgeSession session = runner.session();
    session.prepare(ratios);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] clock = new double[PASSES * SWITCHES];
    double[] processor = new double[clock.length];
    double[] nothing = new double[clock.length];
    double[] least = new double[SWITCHES];
    Arrays.fill(least, Double.MAX_VALUE);
    for (int i = 0; i < clock.length; i++) {
      if (i % SWITCHES == 0 || session.position() == session.capacity()) {
        session.reset();
      }
      KeepRatio next = ratios.get(i % SWITCHES % ratios.size());
      long used = threads.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      session.setKeepRatio(next);
      clock[i] = (System.nanoTime() - start) * 1e-3;
      processor[i] = (threads.getCurrentThreadCpuTime() - used) * 1e-3;
      least[i % SWITCHES] = Math.min(least[i % SWITCHES], clock[i]);
      nothing[i] = longestGap(20_000) * 1e-3;
      session.append(i % SWITCHES);
    }
    return String.format(
        Locale.ROOT,
        "  %d switches of width, us (median, 99 of 100, most): %s at the least of %d passes; all of"
            + " them %s, of the processor %s; the clock alone stood still for %s",
        SWITCHES,
        quantiles(least),
        PASSES,
        quantiles(clock),
        quantiles(processor),
        quantiles(nothing));
  }

  /** Nanoseconds between two looks at the clock, while one does nothing else. */
  private static long longestGap(long nanos) {
    long start = System.nanoTime();
    long before = start;
    long longest = 0;
    while (before - start < nanos) {
      long now = System.nanoTime();
      longest = Math.max(longest, now - before);
      before = now;
    }
    return longest;
  }

  private static String quantiles(double[] micros) {
    return String.format(
        Locale.ROOT,
        "%.0f, %.0f, %.0f",
        quantile(micros, 0.5),
        quantile(micros, 0.99),
        quantile(micros, 1));
  }

  private static double quantile(double[] numbers, double part) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, (int) (part * sorted.length))];
  }

  private static int largest(float[] logits) {
    int largest = 0;
    for (int i = 1; i < logits.length; i++) {
      largest = logits[i] > logits[largest] ? i : largest;
    }
    return largest;
  }

  private static void print(String shape, List<Runner> runners, double streaming, double ceiling) {
    Runner full = runners.get(0);
    System.out.printf(
        Locale.ROOT,
        "%s, %d threads, %s: streaming read %.1f GB/s; 4-bit weights in the cache %.1f G/s%n",
        shape,
        THREADS,
        full.model().kernels().reason(),
        streaming * 1e-9,
        ceiling * 1e-9);
    for (Runner runner : runners) {
      double seconds = runner.median();
      System.out.printf(
          Locale.ROOT,
          "  %-10s %8.3f ms/token %7.1f tokens/s %7.1f MB/token: %5.1f GB/s = %2.0f %% of streaming%s;"
              + " %.2f of W4 at 1.0%n",
          runner.name(),
          seconds * 1e3,
          1 / seconds,
          runner.bytes() * 1e-6,
          runner.bytes() / seconds * 1e-9,
          100 * runner.bytes() / seconds / streaming,
          runner.name().startsWith("W4") ? ofCeiling(runner.bytes() / seconds, ceiling) : "",
          seconds / full.median());
    }
  }

  private static String ofCeiling(double bytesPerSecond, double weightsPerSecond) {
    double ceiling = weightsPerSecond * BYTES_PER_WEIGHT;
    return String.format(
        Locale.ROOT, ", %2.0f %% of the arithmetic in the cache", 100 * bytesPerSecond / ceiling);
  }
}
