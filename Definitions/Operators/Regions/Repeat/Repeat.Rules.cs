using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using ModelCompiler.Graphs;
using ModelCompiler.IR;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>What recorded arrays of layers stand for; they hold one layer for all that a loop walks over.</summary>
    static readonly ConditionalWeakTable<Array, LayerStack> LayerStacks = new();

    public static partial TLayer[] Repeat<TLayer>(int count, Func<TLayer> create) where TLayer : class
    {
        (TLayer layer, StackScope scope) = InScope(Positive(count), 0, 1, create);
        return Remember([layer], [new LayerGroup(0, 1, count, 0, [scope])]);
    }

    /// <summary>
    /// Layers that are told their index may differ: all are made, and made again where loops are found in them.
    /// </summary>
    public static partial TLayer[] Repeat<TLayer>(int count, Func<int, TLayer> create) where TLayer : class
    {
        Recorder recorder = Recorder.Current;
        RecordingMark mark = recorder.Mark();
        (List<TLayer> layers, List<int> structures) = Try(Positive(count), create, mark.NextId);
        IReadOnlyList<(int Start, int Period, int Repeats)> found = GroupLayers.Run(structures);
        if (found.All(g => g.Repeats == 1))
            return Remember([.. layers], [.. found.Select(g => new LayerGroup(g.Start, 1, 1, g.Start, []))]);
        recorder.Rewind(mark);
        layers.Clear();
        var groups = new List<LayerGroup>();
        foreach ((int start, int period, int repeats) in found)
        {
            int first = layers.Count;
            var scopes = new List<StackScope>();
            for (int i = start; i < start + period; i++)
            {
                int index = i;
                if (repeats == 1)
                {
                    layers.Add(create(index));
                    continue;
                }
                (TLayer layer, StackScope scope) = InScope(repeats, i, period, () => create(index));
                layers.Add(layer);
                scopes.Add(scope);
            }
            groups.Add(new LayerGroup(start, period, repeats, first, scopes));
        }
        return Remember([.. layers], groups);
    }

    /// <summary>Makes all layers of a row, and numbers that are equal where layers have equal structure.</summary>
    static (List<TLayer> Layers, List<int> Structures) Try<TLayer>(int count, Func<int, TLayer> create, int firstOfAll)
        where TLayer : class
    {
        Recorder recorder = Recorder.Current;
        int effects = recorder.Effects;
        var layers = new List<TLayer>();
        var structures = new List<int>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        recorder.OpenRows++;
        try
        {
            for (int i = 0; i < count; i++)
            {
                int firstOwn = recorder.Graph.NextId;
                layers.Add(create(i));
                string? key = StructureKey.Of(layers[i], firstOwn, firstOfAll);
                if (key is not null && known.TryGetValue(key, out int number)) structures.Add(number);
                else structures.Add(i);
                if (key is not null) known[key] = structures[i];
            }
        }
        finally
        {
            recorder.OpenRows--;
        }
        // Making the layers again would repeat what making them has changed: each then stays what it is.
        return recorder.Effects > effects ? (layers, [.. Enumerable.Range(0, count)]) : (layers, structures);
    }

    /// <summary>What an array made by Repeat stands for; null for an array of other layers.</summary>
    internal static LayerStack? StackOf(Array layers) =>
        LayerStacks.TryGetValue(layers, out LayerStack? stack) ? stack : null;

    static TLayer[] Remember<TLayer>(TLayer[] layers, IReadOnlyList<LayerGroup> groups)
    {
        LayerStacks.Add(layers, new LayerStack(groups));
        return layers;
    }

    /// <summary>Makes the layer that stands for all of a loop: its parameters are stacked.</summary>
    static (TLayer Layer, StackScope Scope) InScope<TLayer>(int count, int start, int step, Func<TLayer> create)
    {
        Recorder recorder = Recorder.Current;
        var scope = new StackScope(count, recorder.Scope, start, step);
        recorder.Stacks.Add(scope);
        try
        {
            return (create(), scope);
        }
        finally
        {
            recorder.Stacks.Remove(scope);
        }
    }

    static int Positive(int count) => count >= 1
        ? count
        : throw new ShapeException(
            $"Repeat: a count of {count} makes no layers; it must be at least 1") { Id = "MC1008" };
}
