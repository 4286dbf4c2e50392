import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsISO8601, IsOptional, IsString, Length, MaxLength } from 'class-validator';

export class LoginDto {
  @ApiProperty({ example: 'admin@localhost' })
  @IsString()
  @Length(1, 320)
  email!: string;

  @ApiProperty({ example: 'correct horse battery staple' })
  @IsString()
  @Length(1, 1024)
  password!: string;
}

export class RefreshDto {
  @ApiProperty()
  @IsString()
  @Length(1, 1024)
  refresh_token!: string;
}

export class ChangePasswordDto {
  @ApiProperty()
  @IsString()
  @MaxLength(1024)
  current_password!: string;

  @ApiProperty({ minLength: 12 })
  @IsString()
  @Length(12, 1024)
  new_password!: string;
}

export class CreateApiKeyDto {
  @ApiProperty({ example: 'billing service' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({ type: [String], example: ['executions:run', 'executions:read'] })
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  scopes!: string[];

  @ApiPropertyOptional({ nullable: true, format: 'date-time' })
  @IsOptional()
  @IsISO8601({ strict: true })
  expires_at?: string | null;
}

export class TokensDto {
  @ApiProperty() access_token!: string;
  @ApiProperty() refresh_token!: string;
  @ApiProperty({ enum: ['Bearer'] }) token_type!: string;
  @ApiProperty({ description: 'Seconds.' }) expires_in!: number;
}

export class ApiKeyDto {
  @ApiProperty({ example: 'key_0198…' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ description: 'The first characters of the key, to tell it from others.' }) prefix!: string;
  @ApiProperty({ type: [String] }) scopes!: readonly string[];
  @ApiProperty({ nullable: true, type: String }) expires_at!: string | null;
  @ApiProperty() created_at!: string;
}

export class NewApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'Shown this once; null where an Idempotency-Key is used again.',
  })
  key!: string | null;
}

export class ApiKeysDto {
  @ApiProperty({ type: [ApiKeyDto] }) api_keys!: ApiKeyDto[];
  @ApiProperty() total_count!: number;
  @ApiProperty({ nullable: true, type: String }) next_cursor!: null;
}

export class MeDto {
  @ApiProperty({ example: 'usr_0198…' }) id!: string;
  @ApiProperty() email!: string;
  @ApiProperty() tenant!: string;
  @ApiProperty({ type: [String] }) roles!: readonly string[];
  @ApiProperty({ type: [String], description: 'What this credential may do.' }) scopes!: readonly string[];
}
