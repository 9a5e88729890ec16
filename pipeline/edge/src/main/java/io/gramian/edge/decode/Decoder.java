package io.gramian.edge.decode;

import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.team.Worker;
import io.gramian.edge.team.WorkerTeam;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A model with one text's caches, at a width that may change between two passes. One thread at a
 * time. A pass allocates nothing.
 */
public final class Decoder {

  /** Widths whose steps are kept. */
  public static final int REMEMBERED = 64;

  private final ModelWeights weights;
  private final WorkerTeam team;
  private final Workspace workspace;
  private final BlockStates states;
  private final HeadStep head;
  private final Batch batch = new Batch();
  private final int capacity;
  private final Consumer<Worker> pass = this::pass;
  private final Deque<Bound> bound = new ArrayDeque<>();
  private Step[] steps = {};
  private int[] ids = {};
  private int firstId;
  private int position;
  private boolean last;

  /**
   * A decoder with empty caches, at its widest.
   *
   * @param setting on what it runs, and how long and wide it may get
   */
  public Decoder(ModelWeights weights, Setting setting) {
    this.weights = weights;
    this.team = setting.team();
    this.capacity = setting.positions();
    DecoderSpec spec = weights.spec();
    this.workspace =
        new Workspace(setting.kernels(), team.size(), setting.batch(), spec.hiddenSize());
    this.states = new BlockStates(weights, setting);
    use(setting.widest());
    this.head = new HeadStep(workspace, weights);
  }

  /**
   * On what a decoder runs.
   *
   * @param team may be shared by decoders that do not run at the same time
   * @param positions that its caches have room for
   * @param batch most tokens of a pass
   * @param widest by block index: no width that is set later may keep more
   */
  public record Setting(
      Kernels kernels,
      WorkerTeam team,
      int positions,
      int batch,
      Map<Integer, BlockWidths> widest) {}

  /**
   * Sets the width of the tokens that come next. Changes extents: no weight and no cache is copied
   * or read. What a width's steps are is remembered for the last few widths, recognised by the very
   * map they were given in.
   *
   * @param widths by block index, one for every block, none wider than the widest
   */
  public void use(Map<Integer, BlockWidths> widths) {
    Bound next = remembered(widths);
    steps = next.steps;
    for (Step step : steps) {
      step.enter();
    }
  }

  /** Makes a width's steps, so that {@link #use} finds them. */
  public void prepare(Map<Integer, BlockWidths> widths) {
    remembered(widths);
  }

  private Bound remembered(Map<Integer, BlockWidths> widths) {
    for (Bound known : bound) {
      if (known.widths == widths) {
        return known;
      }
    }
    if (bound.size() == REMEMBERED) {
      bound.removeFirst();
    }
    Bound fresh = new Bound(widths, bind(widths));
    bound.addLast(fresh);
    return fresh;
  }

  private Step[] bind(Map<Integer, BlockWidths> widths) {
    Step[] fresh = new Step[weights.blocks().size()];
    for (StoredBlock block : weights.blocks()) {
      int index = block.block().blockIndex();
      fresh[index] = states.bind(new Binding(workspace, block, widths.get(index)));
    }
    return fresh;
  }

  /** The steps of a width. */
  private static final class Bound {

    private final Map<Integer, BlockWidths> widths;
    private final Step[] steps;

    Bound(Map<Integer, BlockWidths> widths, Step[] steps) {
      this.widths = widths;
      this.steps = steps;
    }
  }

  /** Tokens that the caches hold. */
  public int position() {
    return position;
  }

  /** Tokens that the caches have room for. */
  public int capacity() {
    return capacity;
  }

  /**
   * Computes some tokens at the positions that come next.
   *
   * @param tokens in order; {@code count} of them from {@code from} on
   * @return the logits behind the last of them, {@code [vocabulary]}; overwritten by the next pass
   * @throws IllegalArgumentException if there is no room, or a token is not in the vocabulary
   */
  public float[] append(int[] tokens, int from, int count) {
    if (count < 1 || count > capacity - position) {
      throw new IllegalArgumentException(
          count + " tokens at position " + position + " of " + capacity);
    }
    for (int i = from; i < from + count; i++) {
      if (tokens[i] < 0 || tokens[i] >= weights.spec().vocabularySize()) {
        throw new IllegalArgumentException(
            "token " + tokens[i] + " of a vocabulary of " + weights.spec().vocabularySize());
      }
    }
    ids = tokens;
    firstId = from;
    int left = count;
    while (left > 0) {
      int now = Math.min(left, workspace.capacity());
      batch.set(now, position);
      states.set(batch);
      left -= now;
      last = left == 0;
      team.run(pass);
      firstId += now;
      position += now;
    }
    return head.logits();
  }

  private void pass(Worker worker) {
    embed(worker);
    for (int i = 0; i < steps.length; i++) {
      steps[i].run(worker, batch, i + 1 < steps.length ? steps[i + 1] : head);
    }
    if (last) {
      head.run(worker, batch);
    }
  }

  /** A single token every worker reads for itself, of several each its channels. */
  private void embed(Worker worker) {
    int hidden = weights.spec().hiddenSize();
    boolean all = batch.tokens() == 1;
    int from = all ? 0 : worker.share().from(hidden);
    int count = (all ? hidden : worker.share().to(hidden)) - from;
    float[] x = workspace.x(worker, batch.tokens());
    for (int token = 0; token < batch.tokens(); token++) {
      weights.embedding().read(ids[firstId + token], from, count, x, token * hidden + from);
    }
    if (!all) {
      worker.meet();
    }
  }

  /** Forgets the text. */
  public void reset() {
    states.reset();
    position = 0;
  }

  /** Bytes of the caches. */
  public long cacheBytes() {
    return states.bytes();
  }

  /** Bytes of the arrays that a pass computes in. */
  public long workspaceBytes() {
    return workspace.bytes();
  }
}
