using System;
using System.Collections.Generic;

namespace ModelCompiler.Runtime.Training;

/// <summary>
/// Where every parameter of a model lies in its arena. Gradients and optimizer state have the same layout.
/// </summary>
/// <remarks>Elements between parameters are padding: zero in the parameters and in every gradient, so that whole arenas
/// can be updated in one pass.</remarks>
public sealed class ModelLayout
{
    /// <summary>Parameters start at multiples of this many elements: one cache line, one vector of 512 bits.</summary>
    public const int Alignment = 16;

    readonly ParameterLayout[] parameters;
    readonly TensorLayout[] tensors;
    readonly Dictionary<string, TensorLayout> byName = [];

    /// <summary>Describes a model.</summary>
    /// <param name="name">The class of the model.</param>
    /// <param name="arenaLength">Elements, padding included.</param>
    /// <param name="parameters">In any order, without overlap.</param>
    /// <param name="trainableLength">
    /// Elements in front of frozen parameters and states; what gradients and optimizer state are kept for. Without it,
    /// all.
    /// </param>
    /// <exception cref="ArgumentException">A parameter is out of place, or a name occurs twice.</exception>
    public ModelLayout(string name, long arenaLength, ParameterLayout[] parameters, long? trainableLength = null)
    {
        Name = name;
        TrainableLength = trainableLength ?? arenaLength;
        ArenaLength = arenaLength;
        this.parameters = (ParameterLayout[])parameters.Clone();
        CheckPlaces();
        foreach (ParameterLayout parameter in parameters)
            if (parameter.IsState && parameter.Offset < TrainableLength)
                throw new ArgumentException($"{name}: the state {parameter.Name} lies at {parameter.Offset}, before " +
                    $"{TrainableLength}, where what is trained ends.", nameof(parameters));
        var all = new List<TensorLayout>();
        foreach (ParameterLayout parameter in parameters)
        {
            if (!parameter.IsState) ParameterCount += parameter.Length;
            foreach (TensorLayout tensor in parameter.Split())
            {
                if (!byName.TryAdd(tensor.Name, tensor))
                    throw new ArgumentException($"{name} has two parameters named {tensor.Name}; names must differ.",
                        nameof(parameters));
                all.Add(tensor);
            }
        }
        tensors = [.. all];
    }

    /// <summary>The class of the model.</summary>
    public string Name { get; }

    /// <summary>Elements of the arena, padding included.</summary>
    public long ArenaLength { get; }

    /// <summary>Elements in front of frozen parameters and states, padding included.</summary>
    public long TrainableLength { get; }

    /// <summary>Numbers of all parameters, without padding and states.</summary>
    public long ParameterCount { get; }

    /// <summary>Parameters with those of repeated layers stacked, in order of declaration.</summary>
    public IReadOnlyList<ParameterLayout> Parameters => parameters;

    /// <summary>Every tensor by itself, in order of declaration: what checkpoints hold.</summary>
    public IReadOnlyList<TensorLayout> Tensors => tensors;

    /// <summary>Elements of an arena rounded up so that the next one after it is aligned too.</summary>
    internal long Stride => Padded(ArenaLength);

    /// <summary>Elements of gradients, or of state of one number for each parameter, rounded up in the same way.
    /// </summary>
    internal long TrainableStride => Padded(TrainableLength);

    internal long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;

    /// <summary>Whether a parameter has neither gradient nor optimizer state: it is frozen, or a state.</summary>
    /// <param name="parameter">One of <see cref="Parameters"/>.</param>
    public bool IsFrozen(ParameterLayout parameter) => parameter.Offset >= TrainableLength;

    /// <summary>"; the nearest is …" for a message about a name or pattern, or nothing.</summary>
    internal string Near(string name) => Nearest(name.Replace("*", "", StringComparison.Ordinal)) is { } found
        ? $"; the nearest is {found}" : "";

    /// <summary>The tensor of that name, or null.</summary>
    internal TensorLayout? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The elements of one tensor in an arena of this layout.</summary>
    /// <param name="arena">[<see cref="ArenaLength"/>] elements.</param>
    /// <param name="name">Name of a tensor; of a stacked parameter, with its stars, for all layers at once.</param>
    internal unsafe Span<float> Slice(float* arena, string name)
    {
        (long offset, long length) = Place(name);
        if (length > int.MaxValue)
        {
            throw new ArgumentException(
                $"{name} has {length} elements; a span holds at most {int.MaxValue}. " +
                "Read the tensor from a saved checkpoint in pieces.", nameof(name));
        }
        return new Span<float>(arena + offset, (int)length);
    }

    /// <summary>The elements of one tensor's gradient in an arena of the trainable parameters.</summary>
    internal unsafe Span<float> SliceOfTrainable(float* arena, string name)
    {
        (long offset, _) = Place(name);
        if (offset >= TrainableLength)
            throw new KeyNotFoundException(IsState(offset)
                ? $"{name} is a state of {Name}: it is not trained and has no gradient."
                : $"{name} of {Name} is frozen: no gradient is computed for it. Remove [Frozen] where one is wanted.");
        return Slice(arena, name);
    }

    bool IsState(long offset)
    {
        foreach (ParameterLayout parameter in parameters)
            if (parameter.IsState && parameter.Offset <= offset && offset < parameter.Offset + parameter.Length)
                return true;
        return false;
    }

    (long Offset, long Length) Place(string name)
    {
        if (byName.TryGetValue(name, out TensorLayout? tensor)) return (tensor.Offset, tensor.Length);
        foreach (ParameterLayout parameter in parameters)
            if (parameter.Name == name) return (parameter.Offset, parameter.Length);
        throw new KeyNotFoundException(
            $"{Name} has no parameter {name}{Near(name)}. Names are field paths such as blocks.3.up.weight; " +
                "Weights.Names lists them.");
    }

    /// <summary>The tensor whose name shares the most with the front and the back of the one asked for.</summary>
    /// <summary>The tensor whose name has the longest stretch in common with another, of any case.</summary>
    string? Nearest(string name)
    {
        string? best = null;
        int most = 1;       // a single letter says nothing
        foreach (TensorLayout tensor in tensors)
            for (int i = 0; i < name.Length; i++)
                for (int j = 0; j < tensor.Name.Length; j++)
                {
                    int common = 0;
                    while (i + common < name.Length && j + common < tensor.Name.Length
                        && char.ToLowerInvariant(name[i + common]) == char.ToLowerInvariant(tensor.Name[j + common]))
                        common++;
                    if (common > most) (best, most) = (tensor.Name, common);
                }
        return best;
    }

    void CheckPlaces()
    {
        ParameterLayout[] sorted = (ParameterLayout[])parameters.Clone();
        Array.Sort(sorted, (a, b) => a.Offset.CompareTo(b.Offset));
        long end = 0;
        foreach (ParameterLayout parameter in sorted)
        {
            string place = $"{Name}: {parameter.Name} takes elements {parameter.Offset} to " +
                $"{parameter.Offset + parameter.Length}";
            if (parameter.Offset % Alignment != 0)
                throw new ArgumentException($"{place}; its start must be a multiple of {Alignment}.",
                    nameof(parameters));
            if (parameter.Offset < end)
                throw new ArgumentException($"{place}, but those before {end} belong to another parameter.",
                    nameof(parameters));
            end = parameter.Offset + parameter.Length;
            if (end > ArenaLength) throw new ArgumentException($"{place}, but the arena ends at {ArenaLength}.",
                nameof(parameters));
        }
    }
}
