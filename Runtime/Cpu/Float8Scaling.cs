using System;
using System.Runtime.Intrinsics;
using System.Threading;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Tensors in 8 bits, each with a scale: it takes the largest magnitude of the last steps to the format's largest
/// number.
/// </summary>
/// <remarks>
/// Source: Micikevicius et al., FP8 Formats for Deep Learning (2022); delayed scaling as in NVIDIA's Transformer
/// Engine.
/// Numerics: what has grown beyond the scale since becomes the format's largest number.
/// </remarks>
public static unsafe class Float8Scaling
{
    /// <summary>Steps whose largest magnitudes are remembered.</summary>
    public const int History = 16;

    /// <summary>
    /// Numbers kept for a tensor: its scale (0 before the first step), the largest magnitude of this step (-1 if it has
    /// not been quantized in it), the format's largest number, the steps remembered, their magnitudes from 16 on.
    /// </summary>
    public const int StateLength = 32;

    const int Scale = 0, Seen = 1, Largest = 2, Steps = 3, First = 16;
    const int Segment = 16384;

    /// <summary>Stores numbers in 8 bits, multiplied by a scale.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="from">[tensors, size].</param>
    /// <param name="to">[tensors, size].</param>
    /// <param name="tensors">How many, each with a scale of its own.</param>
    /// <param name="size">Elements of one.</param>
    /// <param name="scales">[tensors]: written, the scales that products divide by.</param>
    /// <param name="state">
    /// [tensors, <see cref="StateLength"/>], kept from step to step; null for scales by these very numbers.
    /// </param>
    public static void Quantize(WorkerPool pool, float* from, Float8E4M3* to, long tensors, long size, float* scales,
        float* state) => Run(pool, (byte*)from, MatrixType.Float32, (byte*)to, true, tensors, size, scales, state);

    /// <inheritdoc cref="Quantize(WorkerPool, float*, Float8E4M3*, long, long, float*, float*)"/>
    public static void Quantize(WorkerPool pool, float* from, Float8E5M2* to, long tensors, long size, float* scales,
        float* state) => Run(pool, (byte*)from, MatrixType.Float32, (byte*)to, false, tensors, size, scales, state);

    /// <inheritdoc cref="Quantize(WorkerPool, float*, Float8E4M3*, long, long, float*, float*)"/>
    public static void Quantize(WorkerPool pool, BFloat16* from, Float8E4M3* to, long tensors, long size,
        float* scales, float* state) =>
        Run(pool, (byte*)from, MatrixType.BFloat16, (byte*)to, true, tensors, size, scales, state);

    /// <inheritdoc cref="Quantize(WorkerPool, float*, Float8E4M3*, long, long, float*, float*)"/>
    public static void Quantize(WorkerPool pool, BFloat16* from, Float8E5M2* to, long tensors, long size,
        float* scales, float* state) =>
        Run(pool, (byte*)from, MatrixType.BFloat16, (byte*)to, false, tensors, size, scales, state);

    /// <summary>Ends a step: what each tensor's largest magnitude was goes into its history, and its scale follows.
    /// </summary>
    /// <param name="state">[tensors, <see cref="StateLength"/>].</param>
    /// <param name="tensors">How many.</param>
    public static void Update(float* state, int tensors)
    {
        for (int i = 0; i < tensors; i++, state += StateLength)
        {
            if (state[Seen] < 0 || state[Largest] == 0) continue;
            // An overflow says nothing of the next step.
            if (float.IsFinite(state[Seen]))
            {
                int steps = (int)state[Steps];
                state[First + steps % History] = state[Seen];
                state[Steps] = steps + 1 < 2 * History ? steps + 1 : steps + 1 - History;
            }
            float most = 0;
            for (int step = 0; step < History; step++) most = Math.Max(most, state[First + step]);
            state[Scale] = ScaleOf(most, state[Largest]);
            state[Seen] = -1;
        }
    }

    static float ScaleOf(float most, float largest)
    {
        float scale = largest / most;
        return most > 0 && float.IsFinite(most) && float.IsFinite(scale) ? scale : 1;
    }

    static void Run(WorkerPool pool, byte* from, MatrixType read, byte* to, bool isE4M3, long tensors, long size,
        float* scales, float* state)
    {
        float largest = isE4M3 ? Float8E4M3.Largest : Float8E5M2.Largest;
        int items = checked((int)((size + Segment - 1) / Segment)), bytes = read == MatrixType.BFloat16 ? 2 : 4;
        for (long i = 0; i < tensors; i++)
        {
            int most = 0;
            pool.Run(new Measure { from = from + i * size * bytes, read = read, size = size, most = &most }, items, 2);
            float seen = BitConverter.Int32BitsToSingle(most);
            float* own = state + i * StateLength;
            scales[i] = state is not null && own[Scale] > 0 ? own[Scale] : ScaleOf(seen, largest);
            if (state is not null)
            {
                own[Largest] = largest;
                own[Seen] = Math.Max(seen, own[Seen]);
            }
            pool.Run(new Convert
            {
                from = from + i * size * bytes, read = read, size = size, to = to + i * size, isE4M3 = isE4M3,
                scale = scales[i],
            }, items, 2);
        }
    }

    static Vector512<float> Load(byte* from, MatrixType read, long i, int count) => read == MatrixType.BFloat16
        ? count == 16 ? Lanes.Load((BFloat16*)from + i) : Lanes.LoadPartial((BFloat16*)from + i, count)
        : Vectors.LoadPartial((float*)from + i, count);

    /// <summary>The largest magnitude: as bits, which are in the same order.</summary>
    struct Measure : IWork
    {
        public byte* from;
        public MatrixType read;
        public long size;
        public int* most;

        public readonly void Run(int first, int last)
        {
            Vector512<int> bits = default;
            long end = Math.Min(size, (long)last * Segment);
            for (long i = (long)first * Segment; i < end; i += 16)
                bits = Vector512.Max(bits, Vector512.Abs(Load(from, read, i, (int)Math.Min(16, end - i))).AsInt32());
            int largest = 0;
            for (int lane = 0; lane < 16; lane++) largest = Math.Max(largest, bits.GetElement(lane));
            int known = Volatile.Read(ref *most);
            while (known < largest)
            {
                int found = Interlocked.CompareExchange(ref *most, largest, known);
                if (found == known) break;
                known = found;
            }
        }
    }

    struct Convert : IWork
    {
        public byte* from, to;
        public MatrixType read;
        public long size;
        public float scale;
        public bool isE4M3;

        public readonly void Run(int first, int last)
        {
            long end = Math.Min(size, (long)last * Segment);
            var factor = Vector512.Create(scale);
            for (long i = (long)first * Segment; i < end; i += 16)
            {
                int count = (int)Math.Min(16, end - i);
                Vector512<float> value = Load(from, read, i, count) * factor;
                if (isE4M3 && count == 16) Lanes.Store((Float8E4M3*)to + i, value);
                else if (isE4M3) Lanes.StorePartial((Float8E4M3*)to + i, value, count);
                else if (count == 16) Lanes.Store((Float8E5M2*)to + i, value);
                else Lanes.StorePartial((Float8E5M2*)to + i, value, count);
            }
        }
    }
}
