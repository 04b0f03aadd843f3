using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Training;

/// <summary>
/// Which group each tensor belongs to, and the arena cut into blocks of one group each: an update is one piece of work
/// whatever the groups are.
/// </summary>
sealed unsafe class UpdateTable : IDisposable
{
    /// <summary>Elements of a block: 16 KiB of each operand.</summary>
    const int BlockLength = 4096;

    readonly NativeArena memory;

    /// <param name="layout">Where each tensor lies.</param>
    /// <param name="optimizer">Whose groups count.</param>
    /// <param name="second">
    /// For each parameter where its part of a second state starts, or -1 where it is not updated by blocks; empty for
    /// all, laid out as the parameters.
    /// </param>
    public UpdateTable(ModelLayout layout, Optimizer optimizer, ReadOnlySpan<long> second)
    {
        Settings = Assign(layout, optimizer);
        List<UpdateBlock> blocks = Cut(layout, second);
        Count = blocks.Count;
        memory = new NativeArena((long)blocks.Count * sizeof(UpdateBlock));
        CollectionsMarshal.AsSpan(blocks).CopyTo(new Span<UpdateBlock>(memory.Data, blocks.Count));
    }

    /// <summary>Of each trainable tensor, in the layout's order.</summary>
    public GroupSettings[] Settings { get; }

    public UpdateBlock* Blocks => (UpdateBlock*)memory.Data;

    public int Count { get; }

    public void Dispose() => memory.Dispose();

    static GroupSettings[] Assign(ModelLayout layout, Optimizer optimizer)
    {
        TensorLayout[] tensors = [.. layout.Tensors];
        var settings = new GroupSettings[tensors.Length];
        Array.Fill(settings, new GroupSettings(1, optimizer.WeightDecay));
        var owner = new ParameterGroup?[tensors.Length];
        foreach (ParameterGroup group in optimizer.Groups)
        {
            bool matches = false, takes = false, frozen = false;
            for (int i = 0; i < tensors.Length; i++)
            {
                if (!group.Matches(tensors[i].Name, tensors[i].Shape.Count)) continue;
                matches = true;
                if (layout.IsFrozen(tensors[i].Parameter))
                {
                    frozen = true;
                    continue;
                }
                if (owner[i] is not null) continue;
                takes = true;
                owner[i] = group;
                settings[i] = new(group.LearningRateScale, group.WeightDecay ?? optimizer.WeightDecay);
            }
            if (takes) continue;
            if (!matches)
                throw new ArgumentException($"No parameter of {layout.Name} has a name like \"{group.Pattern}\"" +
                    $"{(group.MostAxes is { } most ? $" and at most {most} axes" : "")}" +
                    $"{layout.Near(group.Pattern)}. * stands for any characters, dots included; Weights.Names lists " +
                    "all names.", nameof(optimizer));
            throw new ArgumentException(frozen
                ? $"Every parameter like \"{group.Pattern}\" of {layout.Name} is frozen, so the group changes " +
                    "nothing. Remove the group, or [Frozen]."
                : $"Every parameter like \"{group.Pattern}\" of {layout.Name} belongs to an earlier group already. " +
                    "The first group that matches counts: put the narrower pattern first.", nameof(optimizer));
        }
        return settings;
    }

    /// <summary>Blocks in the order of the arena; the padding behind a parameter belongs to it.</summary>
    List<UpdateBlock> Cut(ModelLayout layout, ReadOnlySpan<long> second)
    {
        var blocks = new List<UpdateBlock>();
        int tensor = 0;
        for (int p = 0; p < layout.Parameters.Count; p++)
        {
            ParameterLayout parameter = layout.Parameters[p];
            TensorLayout[] split = [.. parameter.Split()];
            bool isUpdated = !layout.IsFrozen(parameter) && (second.IsEmpty || second[p] >= 0);
            for (int i = 0; i < split.Length; i++, tensor++)
            {
                if (!isUpdated) continue;
                long first = split[i].Offset, length = split[i].Length;
                if (i == split.Length - 1) length = layout.Padded(first + length) - first;
                long place = second.IsEmpty ? first : second[p] + (first - parameter.Offset);
                for (long done = 0; done < length; done += BlockLength)
                    Add(blocks, first + done, place + done, (int)Math.Min(BlockLength, length - done), tensor);
            }
        }
        return blocks;
    }

    void Add(List<UpdateBlock> blocks, long first, long place, int length, int tensor)
    {
        GroupSettings own = Settings[tensor];
        if (blocks.Count > 0)
        {
            UpdateBlock last = blocks[^1];
            // Short neighbours of one group are one block.
            if (last.First + last.Length == first && last.Second + last.Length == place && last.Decay == own.Decay
                && last.RateScale == own.RateScale && last.Length + length <= BlockLength)
            {
                last.Length += length;
                blocks[^1] = last;
                return;
            }
        }
        blocks.Add(new UpdateBlock
        {
            First = first, Second = place, Length = length, RateScale = own.RateScale, Decay = own.Decay,
        });
    }
}
