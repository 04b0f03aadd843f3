using System;
using System.Collections.Generic;
using System.Globalization;

namespace ModelCompiler.Runtime.Training;

/// <summary>
/// What the compiler planned for a training step: buffers over the steps of the schedule, and kernels with their cost.
/// </summary>
/// <remarks><para><b>Memory</b>: read from a generated text each time it is asked for; training does not need it.
/// </para></remarks>
/// <example><code>
/// foreach (PlannedKernel kernel in trainer.Plan!.Kernels)
///     Console.WriteLine($"{kernel.Name}: {kernel.Times * kernel.Flops} FLOP a step");
/// </code></example>
public sealed class ModelPlan
{
    readonly List<PlannedBuffer> buffers = [];
    readonly List<PlannedKernel> kernels = [];
    readonly List<PlannedLaunch> launches = [];

    /// <summary>Reads the text that the compiler writes.</summary>
    /// <param name="text">A line each: "buffer", "kernel" or "launch", and what belongs to it.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public ModelPlan(string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.TrimEnd('\r').Split(' ', 7);
            string[] rest = line.TrimEnd('\r').Split(' ', 8);
            if (words is ["buffer", _, _, _, _, var name, var shape])
            {
                int end = shape.LastIndexOf(']') + 1;   // a type stands behind it, where it is not fp32
                var buffer = new PlannedBuffer(Number(words[1]), Number(words[2]), (int)Number(words[3]),
                    (int)Number(words[4]), name, shape[..end]);
                buffers.Add(end == shape.Length ? buffer : buffer with { Storage = shape[end..].Trim() });
            }
            else if (rest is ["kernel", _, _, _, _, "forward" or "backward", var kernel, var layer])
                kernels.Add(new((int)Number(rest[1]), Number(rest[2]), Number(rest[3]), Number(rest[4]),
                    rest[5] == "backward", kernel, layer == "-" ? "" : layer));
            else if (line.TrimEnd('\r').Split(' ', 10) is ["launch", var times, var count, var flops, var bytes,
                var time, var part, var kind, var launch, var of])
                launches.Add(new(kind, launch, of == "-" ? "" : of, part, Number(times), Number(count), Number(flops),
                    Number(bytes), Number(time)));
            else throw new FormatException(
                $"\"{line}\" is no line of a plan: it starts with buffer, kernel or launch.");
        }
    }

    /// <summary>Pieces of the arena, in order of their places.</summary>
    public IReadOnlyList<PlannedBuffer> Buffers => buffers;

    /// <summary>Kernels in the order in which they run first.</summary>
    public IReadOnlyList<PlannedKernel> Kernels => kernels;

    /// <summary>What is launched on a device of CUDA, in order; empty for a model that does not run there.</summary>
    public IReadOnlyList<PlannedLaunch> Launches => launches;

    /// <summary>Bytes of the whole arena.</summary>
    public long Bytes
    {
        get
        {
            long end = 0;
            foreach (PlannedBuffer buffer in buffers) end = Math.Max(end, buffer.Offset + buffer.Bytes);
            return end;
        }
    }

    static long Number(string word) => long.Parse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
