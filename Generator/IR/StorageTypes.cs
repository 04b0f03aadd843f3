using System;

namespace ModelCompiler.IR;

/// <summary>Sizes and names of storage types.</summary>
static class StorageTypes
{
    /// <summary>What a value is stored as unless a pass says otherwise.</summary>
    public static StorageType Of(ElementType type) => type switch
    {
        ElementType.Float32 => StorageType.Float32,
        ElementType.Int32 => StorageType.Int32,
        _ => StorageType.Boolean,
    };

    /// <summary>Bytes of an element.</summary>
    public static int Bytes(this StorageType storage) => storage switch
    {
        StorageType.BFloat16 or StorageType.Float16 => 2,
        StorageType.Float8E4M3 or StorageType.Float8E5M2 => 1,
        _ => 4,
    };

    /// <summary>Whether numbers are rounded when they are stored.</summary>
    public static bool IsLow(this StorageType storage) => storage >= StorageType.BFloat16;

    /// <summary>In the text form and in comments.</summary>
    public static string Text(this StorageType storage) => storage switch
    {
        StorageType.Float32 => "f32",
        StorageType.Int32 => "i32",
        StorageType.BFloat16 => "bf16",
        StorageType.Float16 => "f16",
        StorageType.Float8E4M3 => "e4m3",
        StorageType.Float8E5M2 => "e5m2",
        _ => "bool",
    };

    /// <summary>The type of a pointer to it in C#.</summary>
    public static string CSharp(this StorageType storage) => storage switch
    {
        StorageType.Int32 => "int",
        StorageType.BFloat16 => "BFloat16",
        StorageType.Float16 => "Half",
        StorageType.Float8E4M3 => "Float8E4M3",
        StorageType.Float8E5M2 => "Float8E5M2",
        _ => "float",
    };

    /// <summary>The reverse of <see cref="Text"/>; null for anything else.</summary>
    public static StorageType? Parse(string text)
    {
        foreach (StorageType storage in (StorageType[])Enum.GetValues(typeof(StorageType)))
            if (storage.Text() == text) return storage;
        return null;
    }
}
